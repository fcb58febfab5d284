import { entityFlags, entityStates } from '#shared/contract/zone-protocol.ts';
import { loseDuel } from './abilities/duel-course.ts';
import { balance } from './balance.ts';
import { carriedBy } from './carried.ts';
import type { PlayerSnapshot, StayReason } from './outcome.ts';
import type { PlayerBody } from './players.ts';
import { isFighting, isInRestArea, type SimState } from './state.ts';
import { untie } from './ties.ts';

/**
 * How a body goes. `now`: with this tick. `wish`: after the logout time, at once when it rests; moving and fighting
 * cancel it. `logout`: the same, but nobody is left to cancel it. `linger`: its connection broke; it waits to be taken
 * over. `travel`: on its way to another unit; moving and fighting cancel it. `shift`: its unit sends it to another one,
 * which only fighting and trading cancel.
 */
export type LeaveManner = AskedManner | TravelManner;
export type TravelManner = 'travel' | 'shift';
/** Those that are asked for from outside. */
export type AskedManner = 'now' | 'wish' | 'logout' | 'linger';

/** Sets when a body goes. What is under way already is never put off. */
export function requestLeave(state: SimState, slot: number, asked: AskedManner): void {
  const body = state.players.get(slot);
  if (!body) return;
  // A wish whose player is gone already can no longer be taken back.
  const manner = asked === 'wish' && body.isLinkDead ? 'logout' : asked;
  stayFromTravel(body);
  if (manner === 'linger') linger(state, body);
  else if (manner === 'now') leaveAt(body, state.tick, manner);
  else leaveAt(body, state.tick + logoutTicks(state, body), manner);
  body.isLinkDead = manner !== 'wish';
  showPresence(state, body);
  if (manner === 'wish') state.outcome.leaving.push({ slot, ticks: body.leaveTick - state.tick });
}

/** Another way of leaving takes the place of a journey that was about to begin, and has its own time. */
function stayFromTravel(body: PlayerBody): void {
  if (body.leaveManner === 'travel' || body.leaveManner === 'shift') body.leaveManner = undefined;
}

function leaveAt(body: PlayerBody, tick: number, manner: LeaveManner): void {
  const isSooner = body.leaveManner === undefined || tick < body.leaveTick;
  if (isSooner) body.leaveTick = tick;
  body.leaveManner = manner;
}

/** A wish that was under way stands, though the player can no longer take it back. */
function linger(state: SimState, body: PlayerBody): void {
  if (body.leaveManner === 'wish') body.leaveManner = 'logout';
  else if (body.leaveManner === undefined) leaveAt(body, state.tick + balance.presence.lingerTicks, 'linger');
}

function logoutTicks(state: SimState, body: PlayerBody): number {
  return body.isStaff || (isInRestArea(state, body.slot) && !isFighting(state, body)) ? 0 : balance.presence.leaveTicks;
}

/** What ends each way of leaving that something can end. */
const endedBy: Readonly<Partial<Record<LeaveManner, readonly StayReason[]>>> = {
  wish: ['moved', 'fighting'],
  travel: ['moved', 'fighting'],
  shift: ['fighting', 'trading'],
};

/** The player does something that may end its leaving. */
export function interruptLeave(state: SimState, body: PlayerBody, reason: StayReason): void {
  if (body.leaveManner === undefined || !endedBy[body.leaveManner]?.includes(reason)) return;
  body.leaveManner = undefined;
  showPresence(state, body);
  state.outcome.stayed.push({ slot: body.slot, reason });
}

/**
 * The player is back: whatever was to happen to the body without it does not. Only a connection that had broken may
 * come back without anybody's doing.
 */
export function comeBack(state: SimState, body: PlayerBody): void {
  if (body.leaveManner !== 'linger') {
    body.activeTick = state.tick;
    body.isAfk = false;
  }
  body.leaveManner = undefined;
  body.isLinkDead = false;
  showPresence(state, body);
}

/** Lets others see how it is with the player behind a body. */
export function showPresence({ entities, tick }: SimState, body: PlayerBody): void {
  const { leaveManner, isLinkDead, isAfk, slot, wantsPvp, pvpUntilTick } = body;
  const isLeaving = leaveManner !== undefined && leaveManner !== 'linger';
  entities.flags[slot] =
    (isLinkDead ? entityFlags.linkDead : 0) |
    (isAfk ? entityFlags.afk : 0) |
    (isLeaving ? entityFlags.leaving : 0) |
    (wantsPvp || tick < pvpUntilTick ? entityFlags.pvp : 0);
}

/** Sets out for another unit after so many ticks, unless the body is dead or fights, or what ends its manner happens. */
export function requestTravel(state: SimState, slot: number, channelTicks: number, manner: TravelManner): void {
  const body = state.players.get(slot);
  if (!body || body.isLinkDead) return;
  // Who is about to go already goes by its own wish.
  if (manner === 'shift' && body.leaveManner !== undefined) return;
  const isDead = state.entities.state[slot] === entityStates.dead;
  if (isDead || isFighting(state, body)) {
    state.outcome.stayed.push({ slot, reason: isDead ? 'dead' : 'fighting' });
    return;
  }
  body.leaveManner = manner;
  body.leaveTick = state.tick + channelTicks;
  showPresence(state, body);
  state.outcome.leaving.push({ slot, ticks: channelTicks, ...(manner === 'shift' ? { isShift: true } : {}) });
}

/** Takes out the bodies whose time has come. */
export function removeLeavers(state: SimState): void {
  for (const body of state.players.values()) {
    const { slot, leaveManner, leaveTick } = body;
    if (leaveManner === undefined || state.tick < leaveTick) continue;
    state.outcome.left.push({ ...snapshotOf(state, slot)!, carried: carriedBy(state, body), manner: leaveManner });
    departFromFights(state, slot);
    untie(state, body);
    state.grid.remove(slot, true);
    state.entities.remove(slot);
    state.players.delete(slot);
    state.slotOfCharacter.delete(body.characterId);
  }
}

/** Nothing that it did or that was done to it goes on: its slot will name somebody else. */
function departFromFights(state: SimState, slot: number): void {
  loseDuel(state, slot);
  state.feuds.departed(state, slot);
  state.fights.departed(slot);
  state.auras.clear(slot);
  state.auras.makerGone(slot);
  state.casts.end(slot);
}

/** A player's place and health now; undefined when nobody is in this slot. */
export function snapshotOf(state: SimState, slot: number): PlayerSnapshot | undefined {
  const body = state.players.get(slot);
  if (!body) return undefined;
  const { x, y, yaw, health } = state.entities;
  return {
    slot,
    characterId: body.characterId,
    accountId: body.accountId,
    x: x[slot]!,
    y: y[slot]!,
    yaw: yaw[slot]!,
    health: health[slot]!,
  };
}
