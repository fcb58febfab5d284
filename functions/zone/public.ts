import type * as z from 'zod';
import { PLAYER_IDLE, ZONE_CHANGED, ZONE_LEFT } from '#events/zone.ts';
import { partyOf } from '#functions/party/public.ts';
import { requireActiveSession } from '#functions/session/public.ts';
import type { GameError } from '#shared/contract/errors.ts';
import { type Changes, event, mergeChanges } from '#shared/events/changes.ts';
import { createOperation, type Operation } from '#shared/events/operation.ts';
import { clock } from '#shared/kernel/clock.ts';
import {
  type AccountId,
  type CharacterId,
  createId,
  type SessionId,
  type Slug,
  type TradeId,
} from '#shared/kernel/ids.ts';
import { unitParts, zoneOf } from '#shared/kernel/zone-unit.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import type { Write } from '#shared/table/write.ts';
import { layerLimits } from './layer-rules.ts';
import type { NotedEvents } from './noted-events.ts';
import { type DueRespawn, type NotedPlace, unpackPlaces } from './places.ts';
import {
  COMMAND_LIFETIME_MS,
  concernsPresentStay,
  type EvictReason,
  isLive,
  isUnderWay,
  MAX_POLLED_COMMANDS,
} from './rules.ts';
import {
  claimLease,
  commandWrite,
  deleteCommand,
  endLease,
  enterWrite,
  extendLease,
  type Journey,
  type Lease,
  leaveWrite,
  listCommands,
  ownerCheck,
  type Presence,
  presenceCheck,
  type RefreshCommand,
  readLease,
  readLeases,
  readPresence,
  retireWrites,
  type StayOf,
  setOutWrite,
  stayCheck,
  type TravelCommand,
  type Trip,
  type UsedEffect,
  type WatchPairCommand,
  type ZoneCommand,
  type ZoneFence,
  zonePresenceCheck,
} from './store.ts';
import { closeInstanceWrite } from './store-instances.ts';
import { putMemory, sealMemory } from './store-places.ts';
import { coolDownWrite } from './store-travel.ts';
import { dropUnitWrite, listUnits } from './store-units.ts';
import { teleportLimits } from './unit-rules.ts';

/** Of one request to the table. */
const MAX_LEASES_READ = 100;

export { type BossAppearance, type BossFall, bossesOf, bossFell, recordBossFall, recordBossSpawn } from './bosses.ts';
export { bossDone } from './instance-bosses.ts';
export { chooseMovers, layerLimits, type Movable, mergeLimits } from './layer-rules.ts';
export { planMerge } from './merging.ts';
export { MAX_NOTED_FOLLOWERS, type NotedEnd, type NotedEvent, type NotedEvents } from './noted-events.ts';
export { type DueRespawn, MAX_NOTED_PLACES, type NotedPlace, packPlaces, unpackPlaces } from './places.ts';
export type { BossState } from './store-bosses.ts';
export { instanceLimits } from './unit-rules.ts';
export type {
  EvictReason,
  Journey,
  Presence,
  RefreshCommand,
  StayOf,
  TravelCommand,
  Trip,
  UsedEffect,
  ZoneCommand,
  ZoneFence,
};

/** Who comes into a zone. */
export interface Newcomer {
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
  readonly characterId: CharacterId;
}

/**
 * Takes a zone that nobody owns or whose lease has run out, with the next epoch. A shard that finds itself as the owner
 * claims anew. Undefined while another shard holds it.
 */
export async function claimZone(request: {
  readonly zoneId: Slug;
  readonly shardId: string;
  /** Public address of the zone's socket on this shard. */
  readonly url: string;
  readonly leaseMs: number;
}): Promise<{ readonly epoch: number } | undefined> {
  const nowMs = clock.nowMs();
  const { zoneId, shardId, url, leaseMs } = request;
  return claimLease({ zoneId, shardId, url, nowMs, leaseUntilMs: nowMs + leaseMs });
}

/**
 * Extends the caller's lease by `leaseMs` from now and tells the zone's population.
 * @throws GameError `zone.fenced` unless owner and epoch are the caller's.
 */
export async function renewLease(
  fence: ZoneFence,
  state: { readonly leaseMs: number; readonly players: number },
): Promise<void> {
  const renewedAtMs = clock.nowMs();
  await extendLease(fence, { leaseUntilMs: renewedAtMs + state.leaseMs, renewedAtMs, players: state.players });
}

/** A unit that should be run, and by whom it is. */
export interface WantedUnit {
  readonly unitId: Slug;
  /** Unset: by nobody. */
  readonly shardId: string | undefined;
  /** When the lease of that one ends unless it is renewed; unset with it. */
  readonly leaseUntilMs: number | undefined;
}

/** Every unit that should be run: the first layers of these zones, and what was opened beside them. */
export async function wantedUnits(zoneIds: readonly Slug[]): Promise<readonly WantedUnit[]> {
  const opened = (await listUnits()).filter((unitId) => zoneIds.includes(zoneOf(unitId)));
  const unitIds = [...zoneIds, ...opened];
  const leases = new Map<string, Lease>();
  for (let start = 0; start < unitIds.length; start += MAX_LEASES_READ) {
    const read = await readLeases(unitIds.slice(start, start + MAX_LEASES_READ));
    for (const lease of read) if (isLive(lease, clock.nowMs())) leases.set(lease.zoneId, lease);
  }
  return unitIds.map((unitId) => {
    const { shardId, leaseUntilMs } = leases.get(unitId) ?? {};
    return { unitId, shardId, leaseUntilMs };
  });
}

/**
 * Closes a layer or an instance that the caller owns: nobody runs it any more.
 * @throws GameError `zone.fenced` when it is another's.
 */
export async function retireUnit(fence: ZoneFence): Promise<void> {
  const { instanceId } = unitParts(fence.zoneId);
  const closed = instanceId ? [closeInstanceWrite(instanceId)] : [];
  await zoneOperation(fence.zoneId).commit({
    writes: [...retireWrites(fence), dropUnitWrite(fence.zoneId), ...closed],
  });
}

/** Ends the caller's lease at once; a lease that is another's by now is left alone without an error. */
export async function releaseZone(fence: ZoneFence): Promise<void> {
  await endLease(fence, clock.nowMs());
}

/**
 * Condition for every durable write of a zone: the caller still owns it. Its failure means `zone.fenced`, and with it
 * nothing of the transaction happens.
 */
export function requireOwner(fence: ZoneFence): Write {
  return ownerCheck(fence);
}

/** Starts an operation of the fleet; `cause` is the id of what happened in the zone: a kill, a fight, a character. */
export function zoneOperation(cause: string): Operation {
  return createOperation({ actor: { origin: 'fleet' }, correlationId: cause, causationId: cause });
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

/**
 * Orders whoever runs the zone to watch two characters of it that trade, until the given time: when they are farther
 * apart than `rangeM` metres, or one of them fights or dies, it ends their trade.
 */
export function watchPair(watch: {
  readonly zoneId: Slug;
  readonly tradeId: TradeId;
  readonly characterIds: readonly [CharacterId, CharacterId];
  readonly rangeM: number;
  readonly untilMs: number;
}): Changes {
  const { untilMs, ...what } = watch;
  return {
    writes: [commandWrite({ kind: 'watch-pair', commandId: createId('cmd'), ...what, expiresAtMs: untilMs })],
  };
}

/**
 * Orders whoever runs the zone to put a character out, for as long as its present stay lasts, and not before
 * `notBeforeMs`. Empty when it is in none.
 */
export function evict(presence: Presence, reason: EvictReason, nowMs: number, notBeforeMs?: number): Changes {
  const { zoneId, accountId, sessionId, characterId, ver } = presence;
  if (zoneId === undefined) return {};
  return {
    writes: [
      commandWrite({
        kind: 'evict',
        // Orders come in the order of their ids: one whose time has not come holds up no other.
        commandId: createId('cmd', notBeforeMs ?? nowMs),
        zoneId,
        accountId,
        sessionId,
        characterId,
        reason,
        presenceVer: ver,
        ...(notBeforeMs === undefined ? {} : { notBeforeMs }),
        expiresAtMs: (notBeforeMs ?? nowMs) + COMMAND_LIFETIME_MS,
      }),
    ],
  };
}

/**
 * Tells whoever runs the zone to look again at what a character wears, and to let `effects` happen to it: in the
 * transaction that changes its items. Empty when it is in no zone.
 */
export function refreshCharacter(
  presence: Presence | undefined,
  nowMs: number,
  effects?: readonly UsedEffect[],
): Changes {
  if (presence?.zoneId === undefined) return {};
  const { zoneId, accountId, sessionId, characterId, ver } = presence;
  return {
    writes: [
      commandWrite({
        kind: 'refresh',
        commandId: createId('cmd'),
        ...{ zoneId, accountId, sessionId, characterId },
        ...(effects ? { effects } : {}),
        presenceVer: ver,
        expiresAtMs: nowMs + COMMAND_LIFETIME_MS,
      }),
    ],
  };
}

/**
 * Notes that a character is in this unit now, and answers the version that names this stay. Where it was in another unit,
 * that one is told to let it go. Repeating it changes nothing.
 * @throws GameError `zone.fenced` when the caller lost the zone, `auth.session_ended` when the session does not play
 *   this character any more.
 */
export async function enterZone(fence: ZoneFence, who: Newcomer): Promise<number> {
  const { accountId, sessionId, characterId } = who;
  const { zoneId: unitId, epoch } = fence;
  return withConflictRetry(async () => {
    const before = await readPresence(characterId);
    if (before?.zoneId === unitId && before.epoch === epoch && before.sessionId === sessionId) return before.ver;
    const zoneId = zoneOf(unitId);
    const visited = [...new Set([...(before?.visited ?? []), zoneId])];
    const ver = (before?.ver ?? 0) + 1;
    const next = { accountId, sessionId, characterId, zoneId: unitId, epoch, ver, lastZone: zoneId, visited };
    const operation = zoneOperation(characterId);
    const entered: Changes = {
      writes: [requireOwner(fence), requireActiveSession(sessionId, characterId), enterWrite(next)],
    };
    const cameFrom = before?.zoneId ?? before?.journey?.fromUnit;
    const moved: Changes =
      cameFrom === unitId
        ? {}
        : {
            events: [
              event(ZONE_CHANGED, {
                aggregateId: characterId,
                aggregateSeq: ver,
                data: {
                  accountId,
                  sessionId,
                  characterId,
                  ...shownUnit(unitId),
                  epoch,
                  ...(cameFrom ? { previousZoneId: zoneOf(cameFrom) } : {}),
                },
              }),
            ],
          };
    const left = before && before.zoneId !== unitId ? evict(before, 'moved', operation.nowMs) : {};
    await operation.commit(mergeChanges(entered, moved, left));
    return ver;
  });
}

/** A unit as events tell it. */
function shownUnit(unitId: Slug): { readonly zoneId: Slug; readonly unitId?: Slug } {
  const zoneId = zoneOf(unitId);
  return zoneId === unitId ? { zoneId } : { zoneId, unitId };
}

/**
 * Sets a character on its way to another unit, as a piece of the transaction that writes where it will arrive: it is in
 * no unit from here on, and the one to which it comes claims it by its next version. Void, as `request.conflict`, unless
 * the character is still in the stay that the caller names.
 */
export function setOut(
  fence: ZoneFence,
  stay: Pick<StayOf, 'characterId' | 'ver'>,
  to: Pick<Journey, 'toZone' | 'toUnit'> & Pick<Trip, 'use'>,
  nowMs: number,
): Changes {
  const { use, ...target } = to;
  const journey = { ...target, fromUnit: fence.zoneId, fromEpoch: fence.epoch, sinceMs: nowMs };
  const left = [requireOwner(fence), setOutWrite({ ...stay, zoneId: fence.zoneId }, journey)];
  const { characterId } = stay;
  if (use === 'teleport') left.push(coolDownWrite(characterId, { teleportAtMs: nowMs + teleportLimits.coolDownMs }));
  if (use === 'swap') left.push(coolDownWrite(characterId, { swapAtMs: nowMs + layerLimits.swapCoolDownMs }));
  return { writes: left };
}

/** A character on its way comes into no unit: its session has ended. */
export function endJourney(presence: Presence & { readonly journey: Journey }, reason: LeaveReason): Changes {
  const { accountId, sessionId, characterId, ver, journey } = presence;
  const data = { accountId, sessionId, characterId, ...shownUnit(journey.fromUnit), epoch: journey.fromEpoch, reason };
  return {
    writes: [leaveWrite(presence)],
    events: [event(ZONE_LEFT, { aggregateId: characterId, aggregateSeq: ver + 1, data })],
  };
}

/** Orders whoever runs the unit that a character is in to let it go to another. Empty when it is in none. */
export function travel(presence: Presence, trip: Trip, nowMs: number): Changes {
  return order(presence, { kind: 'travel', trip }, nowMs + (trip.notBeforeMs ? trip.notBeforeMs - nowMs : 0));
}

/** Orders whoever runs the unit that a character is in to let it leave as if it had wished so. Empty when it is in none. */
export function letLeave(presence: Presence, nowMs: number): Changes {
  return order(presence, { kind: 'leave' }, nowMs);
}

/**
 * Orders whoever runs the unit that a character is in to look again at its party and quests. Empty when it is in none:
 * they are read when it comes in.
 */
export function tellTies(presence: Presence, nowMs: number): Changes {
  return order(presence, { kind: 'ties' }, nowMs);
}

function order(
  { zoneId, accountId, sessionId, characterId, ver }: Presence,
  what: { readonly kind: 'travel'; readonly trip: Trip } | { readonly kind: 'leave' | 'ties' },
  fromMs: number,
): Changes {
  if (zoneId === undefined) return {};
  const who = { zoneId, accountId, sessionId, characterId, presenceVer: ver };
  const expiresAtMs = fromMs + COMMAND_LIFETIME_MS;
  return { writes: [commandWrite({ commandId: createId('cmd', fromMs), ...who, ...what, expiresAtMs })] };
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

/** Why a character is out of the world, as `ZONE_LEFT` tells. */
export type LeaveReason = z.infer<typeof ZONE_LEFT.detail>['reason'];

/** The end of a stay, for a joint transaction: the presence goes, and others are told. */
export function endStay(
  presence: Presence & { readonly zoneId: Slug; readonly epoch: number },
  { reason, idleMs }: { readonly reason: LeaveReason; readonly idleMs?: number | undefined },
): Changes {
  const { accountId, sessionId, characterId, epoch, ver } = presence;
  const { zoneId, ...unit } = shownUnit(presence.zoneId);
  const who = { accountId, sessionId, characterId, zoneId };
  const told = { aggregateId: characterId, aggregateSeq: ver + 1 };
  return {
    writes: [leaveWrite(presence)],
    events: [
      event(ZONE_LEFT, { ...told, data: { ...who, ...unit, epoch, reason } }),
      ...(idleMs === undefined ? [] : [event(PLAYER_IDLE, { ...told, data: { ...who, idleMs } })]),
    ],
  };
}

/**
 * The character is gone from this life of the zone: `ZONE_LEFT`, and `PLAYER_IDLE` when nobody had played it for
 * `idleMs`. A presence elsewhere stays and nothing is told; repeating it changes nothing.
 */
export async function leaveZone(
  fence: ZoneFence,
  { characterId }: Pick<Newcomer, 'characterId'>,
  { reason, idleMs }: { readonly reason: LeaveReason; readonly idleMs?: number | undefined } = { reason: 'left' },
): Promise<void> {
  const { zoneId, epoch } = fence;
  await withConflictRetry(async () => {
    const presence = await readPresence(characterId);
    if (presence?.zoneId !== zoneId || presence.epoch !== epoch) return;
    await zoneOperation(characterId).commit(endStay({ ...presence, zoneId, epoch }, { reason, idleMs }));
  });
}

/**
 * The zone's open orders, oldest first, at most 100, without those whose time has not come. Orders that concern an earlier
 * stay of a character that has come back since, and those whose reason is gone, are dropped here.
 */
export async function pollCommands(zoneId: Slug): Promise<readonly ZoneCommand[]> {
  const nowMs = clock.nowMs();
  const commands = await listCommands(zoneId, { limit: MAX_POLLED_COMMANDS, nowMs });
  const judged = await Promise.all(
    commands.map(async (command) => {
      if (command.kind === 'watch-pair') return [command];
      if (notBeforeMsOf(command) > nowMs) return [];
      if (await isCurrent(command)) return [command];
      await deleteCommand(zoneId, command.commandId);
      return [];
    }),
  );
  return judged.flat();
}

function notBeforeMsOf(command: Exclude<ZoneCommand, WatchPairCommand>): number {
  if (command.kind === 'travel') return command.trip.notBeforeMs ?? 0;
  return command.kind === 'evict' ? (command.notBeforeMs ?? 0) : 0;
}

async function isCurrent(command: Exclude<ZoneCommand, WatchPairCommand>): Promise<boolean> {
  const presence = await readPresence(command.characterId);
  // A character that moved on has a newer version too, but of another zone: its body here must go all the same.
  const isElsewhere = presence?.zoneId !== command.zoneId;
  if (command.kind === 'evict' && isElsewhere) return true;
  if (isElsewhere || !concernsPresentStay(command, presence)) return false;
  const party = command.kind === 'travel' ? command.trip.unlessInParty : undefined;
  return party === undefined || (await partyOf(command.characterId))?.partyId !== party;
}

/** The order is carried out: deletes it. Deleting it twice is no error. */
export async function acknowledgeCommand(zoneId: Slug, commandId: string): Promise<void> {
  await deleteCommand(zoneId, commandId);
}
