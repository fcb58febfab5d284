import { DAY_MS, MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { networkOf, truncatedNetworkOf } from './networks.ts';

/** Guessing is slowed, never an account locked for good: a lock that anybody could cause would be a weapon. */
export const lockoutLimits = {
  /** Wrong passwords in a row before the first delay. */
  freeFailures: 5,
  firstDelayMs: SECOND_MS,
  longestDelayMs: 15 * MINUTE_MS,
  /** A count with nothing added for this long starts anew. */
  forgetAfterMs: DAY_MS,
  /** Failures are counted in windows of this length. */
  windowMs: 10 * MINUTE_MS,
  /** Failures in one window from one customer's network, before it has to wait for the next. */
  networkFailures: 20,
  /** The same for a /24 or /48, which many customers share. */
  neighbourhoodFailures: 100,
  /** Failures in one window from one autonomous system, before it has to work for each attempt. */
  systemFailures: 1_000,
} as const;

/** When the whole game's logins fail this often, somebody tries stolen passwords from everywhere at once. */
export const alarmLimits = {
  windowMs: MINUTE_MS,
  /** Counters of one window, so that none of them is hot. */
  shards: 16,
  /** In one of them; about 1,600 failures a minute in all. */
  failuresPerShard: 100,
  /** How long attempts then need a proof of work. */
  lastsMs: 15 * MINUTE_MS,
} as const;

/** Login attempts of one address that have not been followed by a success. */
export interface LoginLock {
  readonly failures: number;
  readonly lockedUntilMs: number;
  readonly lastAttemptMs: number;
}

/** How long after this many failures the next attempt has to wait: 1 s × 2^n from the fifth, up to 15 min. */
export function delayAfter(failures: number): number {
  const doublings = failures - lockoutLimits.freeFailures;
  if (doublings < 0) return 0;
  return Math.min(lockoutLimits.longestDelayMs, lockoutLimits.firstDelayMs * 2 ** Math.min(doublings, 20));
}

/**
 * The lock after one more attempt. An attempt counts as a failure before its password is looked at, so that a
 * thousand guesses sent at once are a thousand attempts; a success clears the lock.
 * @returns the wait in milliseconds when the address is locked now.
 */
export function reserveAttempt(
  lock: LoginLock | undefined,
  nowMs: number,
): { readonly lock: LoginLock } | { readonly waitMs: number } {
  if (lock && lock.lockedUntilMs > nowMs) return { waitMs: lock.lockedUntilMs - nowMs };
  const recent = lock && nowMs - lock.lastAttemptMs < lockoutLimits.forgetAfterMs ? lock.failures : 0;
  const failures = recent + 1;
  return { lock: { failures, lockedUntilMs: nowMs + delayAfter(failures), lastAttemptMs: nowMs } };
}

/** The start of the window that an instant falls into. */
export function windowStartOf(nowMs: number, windowMs: number): number {
  return nowMs - (nowMs % windowMs);
}

/** A group of callers whose failures are counted together. */
export interface Bucket {
  readonly network: string;
  readonly limit: number;
  /** What callers of a full one have to do: wait for the next window, or prove that they worked for each attempt. */
  readonly whenFull: 'wait' | 'work';
}

/**
 * The buckets of a caller, from the narrowest to the widest. Nobody waits for what a whole provider's customers do:
 * the widest costs work only. There is none of it where the gateway does not tell the autonomous system.
 */
export function bucketsOf(caller: { readonly ip: string; readonly asn?: string | undefined }): readonly Bucket[] {
  const { networkFailures, neighbourhoodFailures, systemFailures } = lockoutLimits;
  return [
    { network: networkOf(caller.ip), limit: networkFailures, whenFull: 'wait' },
    { network: truncatedNetworkOf(caller.ip), limit: neighbourhoodFailures, whenFull: 'wait' },
    ...(caller.asn ? [{ network: `AS${caller.asn}`, limit: systemFailures, whenFull: 'work' } as const] : []),
  ];
}
