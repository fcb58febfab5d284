import type { GameError } from '#shared/contract/errors.ts';
import { clock } from '#shared/kernel/clock.ts';
import type { CharacterId, Slug } from '#shared/kernel/ids.ts';
import type { Write } from '#shared/table/write.ts';
import type { NotedEvents } from './noted-events.ts';
import { type DueRespawn, type NotedPlace, unpackPlaces } from './places.ts';
import { hasGoneElsewhere, isLive, isUnderWay } from './rules.ts';
import { type Presence, presenceCheck, readPresence, type StayOf, stayCheck, zonePresenceCheck } from './store.ts';
import { ownerCheck, readLease, type ZoneFence } from './store-leases.ts';
import { putMemory, sealMemory } from './store-places.ts';

export { type BossAppearance, type BossFall, bossesOf, bossFell, recordBossFall, recordBossSpawn } from './bosses.ts';
export { bossDone } from './instance-bosses.ts';
export { chooseMovers, layerLimits, type Movable, mergeLimits } from './layer-rules.ts';
export { planMerge } from './merging.ts';
export { MAX_NOTED_FOLLOWERS, type NotedEnd, type NotedEvent, type NotedEvents } from './noted-events.ts';
export { zoneOperation } from './operation.ts';
export {
  acknowledgeCommand,
  evict,
  letLeave,
  pollCommands,
  refreshCharacter,
  tellTies,
  travel,
  watchPair,
} from './orders.ts';
export { type DueRespawn, type NotedPlace, PlacesPacker, unpackPlaces } from './places.ts';
export type { EvictReason } from './rules.ts';
export { endJourney, endStay, enterZone, type LeaveReason, leaveZone, type Newcomer, setOut } from './stays.ts';
export type { Journey, Presence, StayOf } from './store.ts';
export type { BossState } from './store-bosses.ts';
export type { ZoneFence } from './store-leases.ts';
export type { RefreshCommand, TravelCommand, Trip, UsedEffect, ZoneCommand } from './store-orders.ts';
export { instanceLimits } from './unit-rules.ts';
export { claimZone, releaseZone, renewLease, retireUnit, type WantedUnit, wantedUnits } from './units.ts';

/**
 * Condition for every durable write of a zone: the caller still owns it. Its failure means `zone.fenced`, and with it
 * nothing of the transaction happens.
 */
export function requireOwner(fence: ZoneFence): Write {
  return ownerCheck(fence);
}

/**
 * Whether a character may come into a unit to which it was sent by this version of its presence, strongly consistent:
 * the version that its presence has now, or undefined when it has gone elsewhere since.
 */
export async function presenceVerFor(
  characterId: CharacterId,
  unitId: Slug,
  sentByVer: number,
): Promise<number | undefined> {
  const presence = await readPresence(characterId);
  return hasGoneElsewhere(presence, unitId, sentByVer, clock.nowMs()) ? undefined : (presence?.ver ?? 0);
}

/** Where a character is, strongly consistent; undefined when it never was in a zone. */
export async function presenceOf(characterId: CharacterId): Promise<Presence | undefined> {
  return readPresence(characterId);
}

/**
 * What keeps a character from being deleted or changed: it is in the world. A presence that a lost life of a zone has
 * left behind does not count.
 */
export async function obligationsOf(who: { readonly characterId: CharacterId }): Promise<readonly 'zone.in_world'[]> {
  const presence = await readPresence(who.characterId);
  if (presence?.journey && isUnderWay(presence.journey, clock.nowMs())) return ['zone.in_world'];
  if (presence?.zoneId === undefined) return [];
  const lease = await readLease(presence.zoneId);
  const isThere = lease !== undefined && lease.epoch === presence.epoch && isLive(lease, clock.nowMs());
  return isThere ? ['zone.in_world'] : [];
}

/** Condition for acts that demand to be on the spot: the character is in this zone, otherwise the given refusal. */
export function requirePresence(characterId: CharacterId, zoneId: Slug, otherwise: GameError): Write {
  return presenceCheck(characterId, zoneId, otherwise);
}

/** Condition for acts that demand to be in a zone of content, whichever layer or instance of it. */
export function requireInZone(characterId: CharacterId, zoneId: Slug, otherwise: GameError): Write {
  return zonePresenceCheck(characterId, zoneId, otherwise);
}

/**
 * Condition for what two characters do in one place: this one is still in the stay that was read. Who has left and come
 * back meanwhile, or whose zone has another owner by now, is in another.
 */
export function requireStay(stay: StayOf, otherwise: GameError): Write {
  return stayCheck(stay, otherwise);
}

/** Takes over what the owners of a unit before have noted down; from here on they can note nothing. */
export async function takeOverMemory(fence: ZoneFence): Promise<
  | {
      readonly places: readonly NotedPlace[];
      readonly respawns: readonly DueRespawn[];
      readonly events?: NotedEvents | undefined;
    }
  | undefined
> {
  const memory = await sealMemory(fence);
  return memory && { places: unpackPlaces(memory.places), respawns: memory.respawns, events: memory.events };
}

/**
 * Notes down where everybody is and what goes on, for the case that the caller dies.
 * @throws GameError `zone.fenced` when another has taken the unit over.
 */
export async function noteMemory(
  fence: ZoneFence,
  memory: {
    readonly places: Uint8Array;
    readonly respawns: readonly DueRespawn[];
    readonly events?: NotedEvents | undefined;
  },
): Promise<void> {
  await putMemory(fence, { ...memory, savedAtMs: clock.nowMs() });
}
