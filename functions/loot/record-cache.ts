import { zones } from '#content/zones.ts';
import { MAX_GROUP } from '#events/fields.ts';
import { partyOf } from '#functions/party/public.ts';
import { requireOwner, type ZoneFence, zoneOperation } from '#functions/zone/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { deriveId, type Slug } from '#shared/kernel/ids.ts';
import { type Random, systemRandom } from '#shared/kernel/random.ts';
import { zoneOf } from '#shared/kernel/zone-unit.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { type Bystander, freezeEarners } from './rules.ts';
import { generated, type RecordedDrop, sharedDrop, shown } from './shared-drop.ts';
import { createWrite, readDrop } from './store.ts';

/** An object of the zone that holds loot was opened. */
export interface OpenedCache {
  /** Counts the uses of objects of this epoch from 1: (zoneId, epoch, useSeq) names the use, its drop and its items. */
  readonly useSeq: number;
  /** As content names it. */
  readonly objectId: Slug;
  readonly x: number;
  readonly y: number;
  readonly openedAtMs: number;
  readonly by: Bystander;
  /** The others of its party who stood near, dead or alive. */
  readonly nearby: readonly Bystander[];
}

const alreadyRecorded = 'loot.cache_recorded';

/**
 * Records the opening of a cache in one transaction: the zone's epoch holds, the drop lies in the world, shared by the
 * opener's party as a kill's is, rolls begin, LOOT_GENERATED and LOOT_ROLL_STARTED are told. The same (zoneId, epoch,
 * useSeq) again answers the first call's drop, whatever else it says. None: nothing was in it.
 * @throws GameError `zone.fenced` when the caller lost the zone; nothing is recorded then. `request.not_found` when its
 *   zone has no such object that holds loot.
 */
export async function recordCache(
  fence: ZoneFence,
  opened: OpenedCache,
  random: Random = systemRandom,
): Promise<readonly RecordedDrop[]> {
  const { useSeq, objectId, x, y, openedAtMs, by, nearby } = opened;
  const { zoneId, epoch } = fence;
  const effect = zones.find(zoneOf(zoneId))?.objects.find(({ id }) => id === objectId)?.effect;
  if (effect?.kind !== 'loot') throw new GameError('request.not_found');
  const dropId = deriveId('drp', zoneId, epoch, 'cache', useSeq);
  const killId = `${zoneId}.${epoch}.cache-${useSeq}`;
  try {
    return await withConflictRetry(async () => {
      const party = await partyOf(by.characterId);
      const members = party?.members.map(({ characterId }) => characterId) ?? [];
      const earners = freezeEarners({ claimants: [{ ...by, damage: 0 }], nearby }, members, MAX_GROUP);
      const bare = { dropId, killId, zoneId, epoch, objectId, x, y, startedAtMs: openedAtMs };
      const { lootTable, decaySeconds } = effect;
      const find = { bare, lootTable, decaySeconds, foundAtMs: openedAtMs, earners, random };
      const { drops, changes } = await sharedDrop(find, party);
      const writes = [requireOwner(fence), ...drops.map((drop) => createWrite(drop, new GameError(alreadyRecorded)))];
      const events = drops.filter(({ slots }) => slots.length > 0).map(generated);
      await zoneOperation(killId).commit(mergeChanges({ writes, events }, changes));
      return drops.flatMap(shown);
    });
  } catch (error) {
    if (!(error instanceof GameError) || error.code !== alreadyRecorded) throw error;
    const drop = await readDrop(dropId);
    if (!drop) throw error;
    return shown(drop);
  }
}
