import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { realms } from '#functions/character/rules.ts';
import {
  estimateSeconds,
  isHeldAfter,
  isStaff,
  markBefore,
  marksOf,
  queueLimits,
  realmPopulations,
  shardCaps,
  shardsWithRoom,
  smoothedRate,
} from './queue-rules.ts';

describe('the shards of a population', () => {
  it('have shares that sum up to the cap and differ by one at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (cap) => {
        const caps = shardCaps(cap);
        expect(caps.length).toBeLessThanOrEqual(queueLimits.populationShards);
        expect(caps.reduce((sum, share) => sum + share, 0)).toBe(cap);
        expect(Math.max(...caps) - Math.min(...caps)).toBeLessThanOrEqual(1);
        expect(Math.min(...caps)).toBeGreaterThan(0);
      }),
    );
  });

  it('fill up to the cap and no further, whoever comes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.string({ minLength: 1 }), { maxLength: 90 }),
        (cap, who) => {
          const used = new Map<number, number>();
          for (const accountId of who) {
            const [shard] = shardsWithRoom(cap, used, accountId);
            if (shard !== undefined) used.set(shard, (used.get(shard) ?? 0) + 1);
          }
          expect([...used.values()].reduce((sum, count) => sum + count, 0)).toBe(Math.min(cap, who.length));
        },
      ),
    );
  });

  it('have no room while those of a cap that was lowered are still in use', () => {
    expect(shardsWithRoom(2, new Map([[9, 2]]), 'acc')).toEqual([]);
    expect(shardsWithRoom(2, new Map([[9, 1]]), 'acc')).toHaveLength(2);
  });

  it('exist for every realm', () => {
    expect(Object.keys(realmPopulations).sort()).toEqual(realms.map(({ id }) => id).sort());
  });
});

describe('positions in a queue', () => {
  it('are counted from the mark before a number', () => {
    const numbers = Array.from({ length: 250 }, (_none, index) => 10 + 2 * index);
    const marks = marksOf(numbers);
    expect(marks).toEqual([10, 210, 410]);
    expect(markBefore(marks, 10)).toEqual({ from: 10, position: 1 });
    expect(markBefore(marks, 209)).toEqual({ from: 10, position: 1 });
    expect(markBefore(marks, 210)).toEqual({ from: 210, position: 101 });
    expect(markBefore(marks, 9_999)).toEqual({ from: 410, position: 201 });
    expect(markBefore([], 7)).toEqual({ from: 0, position: 1 });
  });

  it('are estimated by the pace, and not at all while nothing moves', () => {
    expect(smoothedRate(undefined, 5, 30_000)).toBe(10);
    expect(smoothedRate(10, 0, 10_000)).toBe(7);
    expect(smoothedRate(10, 3, 0)).toBe(10);
    expect(estimateSeconds(20, 10)).toBe(120);
    expect(estimateSeconds(20, 0)).toBeUndefined();
    expect(estimateSeconds(20, undefined)).toBeUndefined();
  });
});

describe('a place', () => {
  it('is kept for who was cut off, and for nobody who left or was sent away', () => {
    expect(
      (['expired', 'superseded', 'revoked', 'password_changed', 'refresh_reused'] as const).map(isHeldAfter),
    ).toEqual(Array.from({ length: 5 }, () => true));
    expect((['logout', 'afk', 'logout_everywhere', 'banned', 'account_deleted'] as const).map(isHeldAfter)).toEqual(
      Array.from({ length: 5 }, () => false),
    );
  });

  it('need not be waited for by staff', () => {
    expect([['gm'], ['player', 'admin']].map((roles) => isStaff(roles as ['gm']))).toEqual([true, true]);
    expect(isStaff(['player', 'moderator'])).toBe(false);
  });
});
