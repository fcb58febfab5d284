import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import type { Random } from '#shared/kernel/random.ts';
import { zoneOf } from '#shared/kernel/zone-unit.ts';

/** An order that no owner has carried out by then concerns nobody any more: its zone had no process. */
export const COMMAND_LIFETIME_MS = 10 * MINUTE_MS;

/** When a zone is worth another try that is full, or that nobody has run for long. */
export const CLOSED_RETRY_SECONDS = 5;
/** A zone whose lease has run out so lately is about to be taken over. */
const TAKEN_OVER_WITHIN_MS = 10 * SECOND_MS;
/** From the end of a lease until another process, which waits for that, takes players. */
const TAKE_OVER_MS = 300;
/**
 * Owners renew a lease after 0.2 of its time: who is later by three quarters of that has missed a renewal. Clients bear
 * a silence for longer (4 s of 10), so that none is sent back to a process that stands still.
 */
const ANSWERS_SHARE = 0.35;
/** Of a unit whose lease is over, and that nobody has taken over yet. */
const LEAST_RETRY_MS = SECOND_MS / 2;
/** So many a process lets in at ease when all of a zone come back to it. */
const ADMITTED_PER_SECOND = 250;

/** Most orders that one poll answers. */
export const MAX_POLLED_COMMANDS = 100;

/**
 * Why a zone is ordered to put a character out. `moved`: it is in another zone by now; `superseded`: the account plays
 * otherwise; then the ways in which a session ends; then what operators do.
 */
export const evictReasons = [
  'moved',
  'superseded',
  'logout',
  'expired',
  'afk',
  'revoked',
  'password_changed',
  'logout_everywhere',
  'refresh_reused',
  'banned',
  'account_deleted',
  'character_deleted',
  'kicked',
] as const;
export type EvictReason = (typeof evictReasons)[number];

/** A zone admits characters that have reached the lower end of its level range; there is no upper end. */
export function mayEnter(zone: { readonly levelRange: { readonly min: number } }, level: number): boolean {
  return level >= zone.levelRange.min;
}

/** A lease counts until it runs out, whatever its process may think. */
export function isLive(lease: { readonly leaseUntilMs: number }, nowMs: number): boolean {
  return lease.leaseUntilMs > nowMs;
}

/**
 * Whether the owner of a lease is expected to answer: it has missed no renewal. A process that has died or stands still
 * keeps its lease to the end, but sending players to it meanwhile would only cost them time.
 */
export function isAnswering(
  lease: { readonly leaseUntilMs: number; readonly renewedAtMs?: number | undefined },
  nowMs: number,
): boolean {
  const { leaseUntilMs, renewedAtMs } = lease;
  if (!isLive(lease, nowMs)) return false;
  return renewedAtMs === undefined || nowMs - renewedAtMs <= (leaseUntilMs - renewedAtMs) * ANSWERS_SHARE;
}

/**
 * When it is worth asking again for a unit whose owner does not answer, in ms: when another can have taken it over, a
 * crowd by `random` over the time that it takes to let all of it in.
 */
export function retryAfterMs(
  lease:
    | { readonly leaseUntilMs: number; readonly renewedAtMs?: number | undefined; readonly players: number }
    | undefined,
  nowMs: number,
  random: Random,
): number {
  const leftMs = (lease?.leaseUntilMs ?? 0) - nowMs;
  if (!lease || leftMs < -TAKEN_OVER_WITHIN_MS || isAnswering(lease, nowMs)) return CLOSED_RETRY_SECONDS * SECOND_MS;
  const queueMs = random.int(0, Math.floor((lease.players * SECOND_MS) / ADMITTED_PER_SECOND));
  return Math.max(LEAST_RETRY_MS, leftMs + TAKE_OVER_MS) + queueMs;
}

/**
 * An order concerns one stay of a character in a zone. When the character has come in again since the order was given,
 * the order is void: it would throw out the wrong stay.
 */
export function concernsPresentStay(
  command: { readonly presenceVer: number },
  presence: { readonly ver: number } | undefined,
): boolean {
  return presence === undefined || presence.ver <= command.presenceVer;
}

/** A character that is on its way to another unit for longer than this is out of the world. */
const JOURNEY_LASTS_MS = 2 * MINUTE_MS;

/** Whether a character that has set out is still expected. */
export function isUnderWay(journey: { readonly sinceMs: number }, nowMs: number): boolean {
  return nowMs - journey.sinceMs < JOURNEY_LASTS_MS;
}

/** What of a character's presence says where it belongs. */
export interface Whereabouts {
  readonly ver: number;
  readonly zoneId?: Slug | undefined;
  readonly journey?:
    | { readonly toZone: Slug; readonly toUnit?: Slug | undefined; readonly sinceMs: number }
    | undefined;
}

/**
 * Whether a character has gone elsewhere since it was sent to a unit, by the version of its presence of then: it is in
 * another unit by now, or on its way to one. A ticket may be redeemed late, by a client that has asked twice because
 * it was not answered; the character is no longer there then, and what is stored of it belongs to where it is.
 */
export function hasGoneElsewhere(
  presence: Whereabouts | undefined,
  unitId: Slug,
  sentByVer: number,
  nowMs: number,
): boolean {
  if (!presence || presence.ver === sentByVer) return false;
  const { zoneId, journey } = presence;
  if (!journey || !isUnderWay(journey, nowMs)) return zoneId !== undefined && zoneId !== unitId;
  return journey.toUnit === undefined ? journey.toZone !== zoneOf(unitId) : journey.toUnit !== unitId;
}
