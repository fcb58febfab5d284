import type * as z from 'zod';
import { PLAYER_IDLE, ZONE_CHANGED, ZONE_LEFT } from '#events/zone.ts';
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
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import type { Write } from '#shared/table/write.ts';
import { COMMAND_LIFETIME_MS, concernsPresentStay, type EvictReason, isLive, MAX_POLLED_COMMANDS } from './rules.ts';
import {
  claimLease,
  commandWrite,
  deleteCommand,
  endLease,
  enterWrite,
  extendLease,
  leaveWrite,
  listCommands,
  ownerCheck,
  type Presence,
  presenceCheck,
  type RefreshCommand,
  readLease,
  readPresence,
  type StayOf,
  stayCheck,
  type UsedEffect,
  type ZoneCommand,
  type ZoneFence,
} from './store.ts';

export { type BossAppearance, type BossFall, bossesOf, bossFell, recordBossFall, recordBossSpawn } from './bosses.ts';
export type { BossState } from './store-bosses.ts';
export type { EvictReason, Presence, RefreshCommand, StayOf, UsedEffect, ZoneCommand, ZoneFence };

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
  await extendLease(fence, { leaseUntilMs: clock.nowMs() + state.leaseMs, players: state.players });
}

/** Ends the caller's lease at once; a lease that is another's by now is left alone without an error. */
export async function releaseZone(fence: ZoneFence): Promise<void> {
  await endLease(fence);
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
  if (presence?.zoneId === undefined) return [];
  const lease = await readLease(presence.zoneId);
  const isThere = lease !== undefined && lease.epoch === presence.epoch && isLive(lease, clock.nowMs());
  return isThere ? ['zone.in_world'] : [];
}

/** Condition for acts that demand to be on the spot: the character is in this zone, otherwise the given refusal. */
export function requirePresence(characterId: CharacterId, zoneId: Slug, otherwise: GameError): Write {
  return presenceCheck(characterId, zoneId, otherwise);
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
 * Orders whoever runs the zone to put a character out, for as long as its present stay lasts. Empty when it is in none.
 */
export function evict(presence: Presence, reason: EvictReason, nowMs: number): Changes {
  const { zoneId, accountId, sessionId, characterId, ver } = presence;
  if (zoneId === undefined) return {};
  return {
    writes: [
      commandWrite({
        kind: 'evict',
        commandId: createId('cmd'),
        zoneId,
        accountId,
        sessionId,
        characterId,
        reason,
        presenceVer: ver,
        expiresAtMs: nowMs + COMMAND_LIFETIME_MS,
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
 * Notes that a character is in this zone now. Where it was in another zone, that zone is told to let it go. Repeating
 * it changes nothing.
 * @throws GameError `zone.fenced` when the caller lost the zone, `auth.session_ended` when the session does not play
 *   this character any more.
 */
export async function enterZone(fence: ZoneFence, who: Newcomer): Promise<void> {
  const { accountId, sessionId, characterId } = who;
  const { zoneId, epoch } = fence;
  await withConflictRetry(async () => {
    const before = await readPresence(characterId);
    if (before?.zoneId === zoneId && before.epoch === epoch && before.sessionId === sessionId) return;
    const next = { accountId, sessionId, characterId, zoneId, epoch, ver: (before?.ver ?? 0) + 1 };
    const operation = zoneOperation(characterId);
    const entered: Changes = {
      writes: [requireOwner(fence), requireActiveSession(sessionId, characterId), enterWrite(next)],
    };
    const moved: Changes =
      before?.zoneId === zoneId
        ? {}
        : {
            events: [
              event(ZONE_CHANGED, {
                aggregateId: characterId,
                aggregateSeq: next.ver,
                data: {
                  accountId,
                  sessionId,
                  characterId,
                  zoneId,
                  epoch,
                  ...(before?.zoneId ? { previousZoneId: before.zoneId } : {}),
                },
              }),
            ],
          };
    const left = before && before.zoneId !== zoneId ? evict(before, 'moved', operation.nowMs) : {};
    await operation.commit(mergeChanges(entered, moved, left));
  });
}

/** Why a character is out of the world, as `ZONE_LEFT` tells. */
export type LeaveReason = z.infer<typeof ZONE_LEFT.detail>['reason'];

/** The end of a stay, for a joint transaction: the presence goes, and others are told. */
export function endStay(
  presence: Presence & { readonly zoneId: Slug; readonly epoch: number },
  { reason, idleMs }: { readonly reason: LeaveReason; readonly idleMs?: number | undefined },
): Changes {
  const { accountId, sessionId, characterId, zoneId, epoch, ver } = presence;
  const who = { accountId, sessionId, characterId, zoneId };
  const told = { aggregateId: characterId, aggregateSeq: ver + 1 };
  return {
    writes: [leaveWrite(presence)],
    events: [
      event(ZONE_LEFT, { ...told, data: { ...who, epoch, reason } }),
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
 * The zone's open orders, oldest first, at most 100. Orders that concern an earlier stay of a character that has come
 * back since are dropped here.
 */
export async function pollCommands(zoneId: Slug): Promise<readonly ZoneCommand[]> {
  const commands = await listCommands(zoneId, { limit: MAX_POLLED_COMMANDS, nowMs: clock.nowMs() });
  const judged = await Promise.all(
    commands.map(async (command) => {
      if (command.kind === 'watch-pair') return [command];
      const presence = await readPresence(command.characterId);
      // A character that moved on has a newer version too, but of another zone: its body here must go all the same.
      const isElsewhere = presence?.zoneId !== zoneId;
      const isCurrent =
        command.kind === 'evict'
          ? isElsewhere || concernsPresentStay(command, presence)
          : !isElsewhere && concernsPresentStay(command, presence);
      if (!isCurrent) await deleteCommand(zoneId, command.commandId);
      return isCurrent ? [command] : [];
    }),
  );
  return judged.flat();
}

/** The order is carried out: deletes it. Deleting it twice is no error. */
export async function acknowledgeCommand(zoneId: Slug, commandId: string): Promise<void> {
  await deleteCommand(zoneId, commandId);
}
