import { DAY_MS } from '#shared/kernel/clock.ts';

export const historyLimits = {
  /** Attempts that are kept of one account; older ones go. */
  kept: 100,
  keptMs: 90 * DAY_MS,
} as const;

/** By what somebody proved, or tried to prove, who they are. */
export const loginMethods = ['password', 'totp', 'recovery-code', 'external', 'guest'] as const;
export type LoginMethod = (typeof loginMethods)[number];

/** `second_factor_due`: the first factor was right, and nobody has sent a code yet. */
export const loginOutcomes = ['success', 'wrong_password', 'second_factor_due', 'wrong_code'] as const;
export type LoginOutcome = (typeof loginOutcomes)[number];

/** One attempt to log in, as the account's owner may see it. */
export interface LoginAttempt {
  readonly outcome: LoginOutcome;
  readonly method: LoginMethod;
  readonly device: string;
  /** /24 or /48. */
  readonly network: string;
  readonly atMs: number;
}
