import { clock, toIso } from '#shared/kernel/clock.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { listLockouts } from './store-lockouts.ts';

export { type OpenedCache, recordCache } from './record-cache.ts';
export { type Kill, recordKill } from './record-kill.ts';
export { commitmentOf, rollOf } from './rolls.ts';
export type { RecordedDrop } from './shared-drop.ts';

/** What an account's characters have taken of what may be taken once in a period, for their player. */
export async function exportOf(characterIds: readonly CharacterId[]): Promise<object> {
  const lockouts = await Promise.all(characterIds.map((characterId) => listLockouts(characterId, clock.nowMs())));
  return {
    lockouts: lockouts.flat().map(({ characterId, npcKind, period, takenAtMs }) => ({
      characterId,
      npcKind,
      period,
      takenAt: toIso(takenAtMs),
    })),
  };
}
