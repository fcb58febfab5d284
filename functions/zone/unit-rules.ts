import { HOUR_MS, MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import type { InstanceId, Slug } from '#shared/kernel/ids.ts';

export const teleportLimits = {
  channelMs: 8 * SECOND_MS,
  coolDownMs: 15 * MINUTE_MS,
} as const;

export const instanceLimits = {
  /** New ones that an account comes into within an hour. */
  perHour: 5,
  quotaWindowMs: HOUR_MS,
  /** One that has been empty for so long closes: longer than a player alone may be away after a drop. */
  unloadAfterMs: 30 * MINUTE_MS,
  /** Longest life of one. */
  lifeMs: 24 * HOUR_MS,
  /** Who has left the group is put out after this. */
  kickAfterMs: MINUTE_MS,
  channelMs: 5 * SECOND_MS,
} as const;

/** An instance that an account has come into for the first time. */
export interface InstanceVisit {
  readonly instanceId: InstanceId;
  readonly atMs: number;
}

/**
 * The visits that count after coming into an instance.
 * @returns undefined when the limit is reached, and when it will not be any more
 */
export function countVisit(
  visits: readonly InstanceVisit[],
  instanceId: InstanceId,
  nowMs: number,
): { readonly visits: readonly InstanceVisit[] } | { readonly freeAtMs: number } {
  const recent = visits.filter(({ atMs }) => nowMs - atMs < instanceLimits.quotaWindowMs);
  if (recent.some((visit) => visit.instanceId === instanceId)) return { visits: recent };
  if (recent.length < instanceLimits.perHour) return { visits: [...recent, { instanceId, atMs: nowMs }] };
  return { freeAtMs: Math.min(...recent.map(({ atMs }) => atMs)) + instanceLimits.quotaWindowMs };
}

/** What a character has done in the instances of a zone, until the period ends. */
export interface InstanceLock {
  readonly period: string;
  readonly instanceId: InstanceId;
  readonly bosses: readonly Slug[];
}

/**
 * Whether a character may come into an instance in which these bosses are dead. It must not meet one again that it has
 * done in this period, and where it would take over kills that are not its own it has to say that it wants that.
 */
export function judgeLock(
  lock: InstanceLock | undefined,
  instance: { readonly instanceId: InstanceId; readonly deadBosses: readonly Slug[] },
  period: string,
): 'free' | 'confirm' | 'locked' {
  const done = lock?.period === period ? lock.bosses : [];
  if (done.some((boss) => !instance.deadBosses.includes(boss))) return 'locked';
  const takesOver = instance.deadBosses.some((boss) => !done.includes(boss));
  const isOwn = lock?.period === period && lock.instanceId === instance.instanceId;
  return takesOver && !isOwn ? 'confirm' : 'free';
}

/** The instance belongs to the group still, and can be come into. */
export function isOpen(
  instance: { readonly state: 'OPEN' | 'CLOSED'; readonly expiresAtMs: number },
  nowMs: number,
): boolean {
  return instance.state === 'OPEN' && nowMs < instance.expiresAtMs;
}
