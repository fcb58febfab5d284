import { createHash } from 'node:crypto';
import type { Role } from '#shared/contract/endpoint.ts';
import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import type { CloseReason } from './close-reasons.ts';

/** How many players each realm holds at once, unless the stage says otherwise. */
export const realmPopulations: Readonly<Record<string, number>> = {
  glasswater: 5_000,
  'ember-coast': 5_000,
};

export const queueLimits = {
  /** Players who may wait for one realm. */
  waiting: 20_000,
  /** Who does not refresh their place for so long has left. */
  refreshMs: MINUTE_MS,
  /** How long a place on the realm waits for whom it was given to. */
  reservedMs: MINUTE_MS,
  /** And for whom the connection was lost, or who was put out. */
  heldMs: 300 * SECOND_MS,
  /** How often a place that is in use is checked against its session: the net below lost events. */
  auditMs: 30 * MINUTE_MS,
  /** Between two looks at a queue. */
  passMs: 10 * SECOND_MS,
  passesPerRun: 5,
  /** So many from the head are told their position at each look; those behind once a minute. */
  toldEachPass: 1_000,
  /** One in so many entries has its position noted, for whoever asks. */
  markEvery: 100,
  /** Shards of a realm's population, so that no row is written by everybody. */
  populationShards: 16,
} as const;

const skipsQueue: ReadonlySet<Role> = new Set(['gm', 'admin']);

/** Staff neither wait nor take a place from a player. */
export function isStaff(roles: readonly Role[]): boolean {
  return roles.some((role) => skipsQueue.has(role));
}

/** The cap of each shard: they sum up to the realm's cap, and differ by one at most. */
export function shardCaps(cap: number): readonly number[] {
  const shards = Math.min(queueLimits.populationShards, cap);
  return Array.from({ length: shards }, (_none, shard) => Math.floor(cap / shards) + (shard < cap % shards ? 1 : 0));
}

/** Shards with room, beginning at one that is the account's own, so that not all want the same. */
export function shardsWithRoom(cap: number, used: ReadonlyMap<number, number>, accountId: string): readonly number[] {
  const caps = shardCaps(cap);
  const total = [...used.values()].reduce((sum, count) => sum + count, 0);
  // After the cap was lowered, shards that it no longer has may still be in use.
  if (total >= cap) return [];
  const first = createHash('sha256').update(accountId).digest()[0]! % caps.length;
  return caps
    .map((_none, index) => (first + index) % caps.length)
    .filter((shard) => (used.get(shard) ?? 0) < caps[shard]!);
}

/** What becomes of a place when its session ends: a player who was cut off finds it again. */
export function isHeldAfter(reason: CloseReason): boolean {
  switch (reason) {
    case 'superseded':
    case 'expired':
    case 'revoked':
    case 'password_changed':
    case 'refresh_reused':
      return true;
    case 'logout':
    case 'afk':
    case 'logout_everywhere':
    case 'banned':
    case 'account_deleted':
      return false;
  }
}

/**
 * Where to count from for the position of a number. `marks` are the numbers that stood at positions 1, 101, 201 … when
 * the queue was last walked.
 */
export function markBefore(marks: readonly number[], number: number): { from: number; position: number } {
  const index = marks.findLastIndex((mark) => mark <= number);
  return index < 0 ? { from: 0, position: 1 } : { from: marks[index]!, position: 1 + index * queueLimits.markEvery };
}

/** The marks of a queue, from its live numbers in order. */
export function marksOf(numbers: readonly number[]): readonly number[] {
  return numbers.filter((_number, index) => index % queueLimits.markEvery === 0);
}

/** How fast a queue moves, smoothed: entries a minute. */
export function smoothedRate(before: number | undefined, left: number, elapsedMs: number): number | undefined {
  if (elapsedMs <= 0) return before;
  const now = (left * MINUTE_MS) / elapsedMs;
  return before === undefined ? now : before + 0.3 * (now - before);
}

/** How long this position will wait, in whole seconds; undefined while nothing moves. */
export function estimateSeconds(position: number, perMinute: number | undefined): number | undefined {
  if (perMinute === undefined || perMinute < 0.05) return undefined;
  return Math.ceil((position * 60) / perMinute);
}
