import { DAY_MS, MINUTE_MS } from '#shared/kernel/clock.ts';

export const sessionLimits = {
  /** Logins of one account at the same time; the next one ends the oldest. */
  sessionsPerAccount: 5,
  /** How often a client that plays no character should be heard of; presence-rules says it of those that play. */
  restingBeatMs: 5 * MINUTE_MS,
  /** A session that plays no character lasts as long as its refresh token does when nobody uses it. */
  restingIdleMs: 7 * DAY_MS,
  /** Closed sessions are kept this long, for support and audits. */
  keptAfterCloseMs: 30 * DAY_MS,
} as const;

/** Which of an account's active sessions are too many: the oldest, oldest first. */
export function surplusSessions<S extends { readonly startedAtMs: number }>(active: readonly S[]): readonly S[] {
  const surplus = active.length - sessionLimits.sessionsPerAccount;
  return [...active].sort((a, b) => a.startedAtMs - b.startedAtMs).slice(0, Math.max(0, surplus));
}

/** A client's own word for itself, as it may be shown back: one line, no control characters. */
export function deviceLabel(name: string | undefined, userAgent: string): string {
  const text = (name ?? userAgent).replace(/[\p{Cc}\p{Cf}]+/gu, ' ').trim();
  return text.slice(0, 128) || 'unknown device';
}
