import { isIPv6 } from 'node:net';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';

/** Guessing is slowed, never an account locked for good: a lock that anybody could cause would be a weapon. */
export const lockoutLimits = {
  /** Wrong passwords in a row before the first delay. */
  freeFailures: 5,
  firstDelayMs: SECOND_MS,
  longestDelayMs: 15 * MINUTE_MS,
  /** A count with nothing added for this long starts anew. */
  forgetAfterMs: DAY_MS,
  /** Failures from one network in one window before it has to wait for the next. */
  networkFailures: 20,
  networkWindowMs: 10 * MINUTE_MS,
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

/** What counts as one network: an IPv4 address, or the /64 that one IPv6 customer usually has to themselves. */
export function networkOf(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const [head = '', tail] = ip.split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail === undefined ? [] : tail.split(':').filter(Boolean);
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  const groups = tail === undefined ? left : [...left, ...zeros, ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::`;
}
