import { partyOf } from '#functions/party/public.ts';
import type { Changes } from '#shared/events/changes.ts';
import { clock } from '#shared/kernel/clock.ts';
import { type CharacterId, createId, type Slug, type TradeId } from '#shared/kernel/ids.ts';
import { COMMAND_LIFETIME_MS, concernsPresentStay, type EvictReason, MAX_POLLED_COMMANDS } from './rules.ts';
import { type Presence, readPresence } from './store.ts';
import {
  commandWrite,
  deleteCommand,
  listCommands,
  type Order,
  type Trip,
  type UsedEffect,
  type WatchPairCommand,
  type ZoneCommand,
} from './store-orders.ts';

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
  const when = notBeforeMs === undefined ? {} : { notBeforeMs };
  return order(presence, { kind: 'evict', reason, ...when }, notBeforeMs ?? nowMs);
}

/** Orders whoever runs the unit that a character is in to let it go to another. Empty when it is in none. */
export function travel(presence: Presence, trip: Trip, nowMs: number): Changes {
  return order(presence, { kind: 'travel', trip }, trip.notBeforeMs ?? nowMs);
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

/**
 * Tells whoever runs the zone to look again at what a character wears, and to let `effects` happen to it: in the
 * transaction that changes its items. Empty when it is in no zone.
 */
export function refreshCharacter(
  presence: Presence | undefined,
  nowMs: number,
  effects?: readonly UsedEffect[],
): Changes {
  return presence ? order(presence, { kind: 'refresh', ...(effects ? { effects } : {}) }, nowMs) : {};
}

/** What an order says besides whom it concerns. */
type What<Command = Exclude<ZoneCommand, WatchPairCommand>> = Command extends Order
  ? Omit<Command, keyof Order>
  : never;

/**
 * An order for the present stay of a character, to be carried out from this time on. Orders come in the order of their
 * ids: one whose time has not come holds up no other.
 */
function order(presence: Presence, what: What, fromMs: number): Changes {
  const { zoneId, accountId, sessionId, characterId, ver } = presence;
  if (zoneId === undefined) return {};
  const who = { zoneId, accountId, sessionId, characterId, presenceVer: ver };
  const expiresAtMs = fromMs + COMMAND_LIFETIME_MS;
  return { writes: [commandWrite({ commandId: createId('cmd', fromMs), ...who, ...what, expiresAtMs })] };
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
