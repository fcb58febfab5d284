import { toIso } from '#shared/kernel/clock.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { listDone, listRuns } from './store.ts';

/** What is stored here of an account's characters, for their player. */
export async function exportOf(characterIds: readonly CharacterId[]): Promise<object> {
  const quests = characterIds.map(async (characterId) => {
    const [runs, done] = await Promise.all([listRuns(characterId), listDone(characterId)]);
    return {
      characterId,
      underWay: runs.map(({ questId, state, counters, acceptedAtMs }) => ({
        questId,
        state,
        counters,
        acceptedAt: toIso(acceptedAtMs),
      })),
      done,
    };
  });
  return { characters: await Promise.all(quests) };
}
