import { describe, expect, it } from 'vitest';
import { zones } from '#content/zones.ts';
import { concernsPresentStay, isLive, mayEnter } from './rules.ts';

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

describe('concernsPresentStay', () => {
  it('holds for the stay that it was given for and what came of it, not for a later one', () => {
    const command = { presenceVer: 3 };
    expect(concernsPresentStay(command, { ver: 3 })).toBe(true);
    expect(concernsPresentStay(command, undefined)).toBe(true);
    expect(concernsPresentStay(command, { ver: 4 })).toBe(false);
  });
});
