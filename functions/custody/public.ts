import { toIso } from '#shared/kernel/clock.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { listActs } from './store-acts.ts';

/** Acts on one character in an export: the newest. */
const KEPT = 100;

/** What staff took from an account's characters or gave them, for their player. Who of the staff it was is those people's own business. */
export async function exportOf(characterIds: readonly CharacterId[]): Promise<object> {
  const acts = characterIds.map(async (characterId) =>
    (await listActs(characterId, { limit: KEPT, before: undefined })).acts.filter(({ state }) => state === 'DONE'),
  );
  return {
    acts: (await Promise.all(acts)).flat().map(({ kind, characterId, content, atMs, decidedAtMs, reason }) => ({
      kind,
      characterId,
      ...content,
      at: toIso(decidedAtMs ?? atMs),
      reason,
    })),
  };
}
