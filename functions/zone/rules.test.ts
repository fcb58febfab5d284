import { describe, expect, it } from 'vitest';
import { zones } from '#content/zones.ts';
import { concernsPresentStay, isAnswering, isLive, mayEnter, retryAfterSeconds } from './rules.ts';

describe('mayEnter', () => {
  it('admits from the lower end of the level range on, without an upper end', () => {
    const zone = { levelRange: { min: 10 } };
    expect([9, 10, 30].map((level) => mayEnter(zone, level))).toEqual([false, true, true]);
  });

  it('lets a new character into a starting zone', () => {
    const starting = zones.all.filter((zone) => zone.starting);
    expect(starting.length).toBeGreaterThan(0);
    expect(starting.every((zone) => mayEnter(zone, 1))).toBe(true);
  });
});

describe('isLive', () => {
  it('ends a lease at its instant', () => {
    expect([999, 1_000].map((nowMs) => isLive({ leaseUntilMs: 1_000 }, nowMs))).toEqual([true, false]);
  });
});

describe('an owner', () => {
  const lease = { leaseUntilMs: 20_000, renewedAtMs: 10_000 };

  it('answers until it has missed a renewal, though its lease goes on', () => {
    expect([10_000, 13_000, 14_500].map((nowMs) => isAnswering(lease, nowMs))).toEqual([true, true, true]);
    expect(isLive(lease, 14_501)).toBe(true);
    expect(isAnswering(lease, 14_501)).toBe(false);
    expect(isAnswering({ leaseUntilMs: 20_000 }, 19_999)).toBe(true);
  });

  it('that does not is asked for again about when another can have taken over', () => {
    const waits = [15_000, 18_500, 19_500, 20_000, 30_000].map((nowMs) => retryAfterSeconds(lease, nowMs));
    expect(waits).toEqual([5, 3, 2, 1, 1]);
    expect([retryAfterSeconds(lease, 30_001), retryAfterSeconds(undefined, 5_000_000)]).toEqual([5, 5]);
  });
});

describe('concernsPresentStay', () => {
  it('holds for the stay that it was given for and what came of it, not for a later one', () => {
    const command = { presenceVer: 3 };
    expect(concernsPresentStay(command, { ver: 3 })).toBe(true);
    expect(concernsPresentStay(command, undefined)).toBe(true);
    expect(concernsPresentStay(command, { ver: 4 })).toBe(false);
  });
});
