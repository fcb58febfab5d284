import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';

export const enrolmentLimits = {
  /** From the secret to the first code. */
  pendingMs: 10 * MINUTE_MS,
} as const;

export const recoveryLimits = {
  codes: 10,
  /** Of 5 bits each: 120 bits. */
  characters: 24,
} as const;

export const challengeLimits = {
  lifeMs: 5 * MINUTE_MS,
  /** Codes that one challenge takes, right or wrong. */
  attempts: 5,
} as const;

export const stepUpLimits = {
  lifeMs: 10 * MINUTE_MS,
  /** A session this young is proof enough where there is no other. */
  recentSignInMs: 10 * MINUTE_MS,
} as const;

/**
 * Three codes of a million are right at any time. With these waits an account takes some 1,500 wrong ones a year, which
 * is a chance of 0.5 % for somebody who has the password too, all year. Recovery codes are exempt: they cannot be
 * guessed, and so they are the way in for a player whose codes somebody else has locked.
 */
export const lockoutLimits = {
  freeFailures: 5,
  firstDelayMs: 30 * SECOND_MS,
  longestDelayMs: 6 * HOUR_MS,
  /** A count with nothing added for this long starts anew. */
  forgetAfterMs: 30 * DAY_MS,
} as const;

/** Proofs of an account that have not been followed by a right one. */
export interface AttemptLock {
  readonly failures: number;
  readonly lockedUntilMs: number;
  readonly lastAttemptMs: number;
}

/** How long after this many failures the next attempt has to wait: 30 s × 2^n from the fifth, up to 6 h. */
export function delayAfter(failures: number): number {
  const doublings = failures - lockoutLimits.freeFailures;
  if (doublings < 0) return 0;
  return Math.min(lockoutLimits.longestDelayMs, lockoutLimits.firstDelayMs * 2 ** Math.min(doublings, 20));
}

/**
 * The lock after one more attempt, which counts as a failure before its code is looked at: a thousand codes sent at
 * once are a thousand attempts. A success clears the lock.
 * @returns the wait in milliseconds when the account is locked now.
 */
export function reserveAttempt(
  lock: AttemptLock | undefined,
  nowMs: number,
): { readonly lock: AttemptLock } | { readonly waitMs: number } {
  if (lock && lock.lockedUntilMs > nowMs) return { waitMs: lock.lockedUntilMs - nowMs };
  const recent = lock && nowMs - lock.lastAttemptMs < lockoutLimits.forgetAfterMs ? lock.failures : 0;
  const failures = recent + 1;
  return { lock: { failures, lockedUntilMs: nowMs + delayAfter(failures), lastAttemptMs: nowMs } };
}

/** Before the first code of a secret. */
export const NO_COUNTER = -1;

/** A second factor that sign-ins ask for. */
export interface ActiveFactor {
  /** Sealed. */
  readonly secret: string;
  /** The newest step whose code was used. */
  readonly lastCounter: number;
  readonly enabledAtMs: number;
  /** Of the recovery codes that are still good. */
  readonly recoveryHashes: readonly string[];
}

/** What an account has of second factors. Every change raises the version. */
export interface SecondFactor {
  readonly accountId: AccountId;
  readonly version: number;
  /** A secret that was handed out and is not confirmed yet. Sealed. */
  readonly pending?: { readonly secret: string; readonly untilMs: number } | undefined;
  readonly active?: ActiveFactor | undefined;
}

/** Where there is nothing stored. */
export function noFactor(accountId: AccountId): SecondFactor {
  return { accountId, version: 0 };
}

/** The secret that waits for its first code. */
export function pendingSecret(factor: SecondFactor, nowMs: number): string | undefined {
  return factor.pending && factor.pending.untilMs > nowMs ? factor.pending.secret : undefined;
}

export function withPending(
  factor: SecondFactor,
  secret: string,
  nowMs: number,
): SecondFactor & { readonly pending: { readonly untilMs: number } } {
  const untilMs = nowMs + enrolmentLimits.pendingMs;
  return { ...factor, version: factor.version + 1, pending: { secret, untilMs } };
}

export function withActive(factor: SecondFactor, active: ActiveFactor): SecondFactor {
  return { accountId: factor.accountId, version: factor.version + 1, active };
}

/** Off; the version stays, so that events of a later enrolment come after those of this one. */
export function withoutFactor({ accountId, version }: SecondFactor): SecondFactor {
  return { accountId, version: version + 1 };
}
