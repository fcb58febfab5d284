import { requireOwner, type ZoneFence, zoneOperation } from '#functions/zone/public.ts';
import { type Changes, mergeChanges } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { CharacterId, Slug } from '#shared/kernel/ids.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { countFact, failByEvent, isEmpty } from './count-fact.ts';
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

/** Ids of the quests that a character has under way and has not finished, strongly consistent: at most a log full. */
export async function questsUnderWay(characterId: CharacterId): Promise<readonly Slug[]> {
  const runs = await listRuns(characterId);
  return runs.flatMap(({ questId, state }) => (state === 'ACTIVE' ? [questId as Slug] : []));
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
  await record(fence, point, () => countFact(characterId, { kind: 'visit', zone: zoneId, point }, visitedAtMs));
}

/** What a character has had a share in: the use of an object, or an event that is over. */
export interface WorldDeed {
  readonly kind: 'use' | 'event' | 'event-failed';
  readonly characterId: CharacterId;
  /** The object or event, as content names it. */
  readonly target: Slug;
  readonly doneAtMs: number;
}

/**
 * Counts a deed for the character's quests that ask for it, or ends those that fail by it. A deed counts once for each,
 * so that repeating it changes nothing.
 * @throws GameError `zone.fenced` when the caller lost the zone.
 */
export async function recordDeed(fence: ZoneFence, deed: WorldDeed): Promise<void> {
  const { kind, characterId, target, doneAtMs } = deed;
  await record(fence, `${kind}.${target}`, () => {
    if (kind === 'event-failed') return failByEvent(characterId, target, doneAtMs);
    return countFact(characterId, kind === 'use' ? { kind, object: target } : { kind, event: target }, doneAtMs);
  });
}

async function record(
  { zoneId, epoch, shardId }: ZoneFence,
  cause: string,
  change: () => Promise<Changes>,
): Promise<void> {
  await withConflictRetry(async () => {
    const changes = await change();
    if (isEmpty(changes)) return;
    const owned = { writes: [requireOwner({ zoneId, epoch, shardId })] };
    await zoneOperation(`${zoneId}.${epoch}.${cause}`).commit(mergeChanges(owned, changes));
  });
}
