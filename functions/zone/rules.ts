import { MINUTE_MS } from '#shared/kernel/clock.ts';

/** An order that no owner has carried out by then concerns nobody any more: its zone had no process. */
export const COMMAND_LIFETIME_MS = 10 * MINUTE_MS;

/** When a closed zone is worth another try: a lease lasts 10 s, so another process may have taken it over. */
export const UNAVAILABLE_RETRY_SECONDS = 5;

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
