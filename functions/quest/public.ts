import { requireOwner, type ZoneFence, zoneOperation } from '#functions/zone/public.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { CharacterId, Slug } from '#shared/kernel/ids.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { countFact, isEmpty } from './count-fact.ts';
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

/** A character has walked to a landmark. */
export interface LandmarkVisit {
  readonly characterId: CharacterId;
  readonly zoneId: Slug;
  /** The landmark, as content names it. */
  readonly point: Slug;
  readonly visitedAtMs: number;
}

/**
 * Counts a visit for the character's quests that ask for it. A visit counts once for each, so that repeating it changes
 * nothing.
 * @throws GameError `zone.fenced` when the caller lost the zone.
 */
export async function recordVisit(fence: ZoneFence, visit: LandmarkVisit): Promise<void> {
  const { characterId, zoneId, point, visitedAtMs } = visit;
  await withConflictRetry(async () => {
    const changes = await countFact(characterId, { kind: 'visit', zone: zoneId, point }, visitedAtMs);
    if (isEmpty(changes)) return;
    await zoneOperation(`${fence.zoneId}.${fence.epoch}.${point}`).commit(
      mergeChanges({ writes: [requireOwner(fence)] }, changes),
    );
  });
}
