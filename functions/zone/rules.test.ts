import { describe, expect, it } from 'vitest';
import { zones } from '#content/zones.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import type { Random } from '#shared/kernel/random.ts';
import { concernsPresentStay, hasGoneElsewhere, isAnswering, isLive, mayEnter, retryAfterMs } from './rules.ts';

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
  const lease = { leaseUntilMs: 20_000, renewedAtMs: 10_000, players: 250 };
  const never: Random = { int: () => expect.fail('nothing is left to chance') };
  const first: Random = { int: (min) => min };
  const last: Random = { int: (_min, max) => max };

  it('answers until it has missed a renewal, though its lease goes on', () => {
    expect([10_000, 12_000, 13_500].map((nowMs) => isAnswering(lease, nowMs))).toEqual([true, true, true]);
    expect(isLive(lease, 13_501)).toBe(true);
    expect(isAnswering(lease, 13_501)).toBe(false);
    expect(isAnswering({ leaseUntilMs: 20_000 }, 19_999)).toBe(true);
  });

  it('that does not is asked for again once, when another has taken over', () => {
    for (const nowMs of [13_600, 14_321, 19_800]) {
      expect(nowMs + retryAfterMs(lease, nowMs, first)).toBe(20_300);
      expect(nowMs + retryAfterMs(lease, nowMs, last)).toBe(21_300);
    }
    expect([20_001, 30_000].map((nowMs) => retryAfterMs(lease, nowMs, first))).toEqual([500, 500]);
  });

  it('is asked for again by a larger crowd over as long as it takes to let it in', () => {
    const crowded = { ...lease, players: 2_000 };
    expect([first, last].map((random) => retryAfterMs(crowded, 14_500, random))).toEqual([5_800, 13_800]);
  });

  it('that nobody has followed for long, or that answers, is asked for again in a while', () => {
    const waits = [retryAfterMs(lease, 30_001, never), retryAfterMs(undefined, 5_000_000, never)];
    expect([...waits, retryAfterMs(lease, 11_000, never)]).toEqual([5_000, 5_000, 5_000]);
  });
});

describe('hasGoneElsewhere', () => {
  const docks = 'glasswater-docks' as Slug;
  const [layer, terraces] = ['glasswater-docks-layer-2', 'ember-terraces'] as Slug[] as [Slug, Slug];
  const gone = (presence: Parameters<typeof hasGoneElsewhere>[0], nowMs = 1_000) =>
    hasGoneElsewhere(presence, docks, 3, nowMs);
  const onItsWay = (toZone: Slug, toUnit?: Slug) => ({ ver: 4, journey: { toZone, toUnit, sinceMs: 0 } });

  it('is so for who is in another unit by now, or on its way to one', () => {
    for (const presence of [
      { ver: 4, zoneId: terraces },
      { ver: 4, zoneId: layer },
      onItsWay(terraces),
      onItsWay(docks, layer),
    ])
      expect(gone(presence)).toBe(true);
  });

  it('is not so for who is as it was, has come here, is on its way here, or is nowhere', () => {
    const here = [
      undefined,
      { ver: 3, zoneId: terraces },
      { ver: 4, zoneId: docks },
      onItsWay(docks),
      onItsWay(docks, docks),
    ];
    for (const presence of [...here, { ver: 4 }]) expect(gone(presence)).toBe(false);
  });

  it('does not count a journey that nobody expects any more', () => {
    expect(gone(onItsWay(terraces), 120_000)).toBe(false);
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
