import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, it } from 'vitest';
import { compare, cropped, momentsOf, welchT } from './welch.ts';

/** Sums of uniform draws: bell-shaped, mean 6, deviation 1. */
function sample(seed: number, count: number, shift = 0): number[] {
  const generator = xoroshiro128plus(seed);
  const draw = () => (generator.next() >>> 0) / 2 ** 32;
  return Array.from(
    { length: count },
    () => shift + Array.from({ length: 12 }, draw).reduce((sum, one) => sum + one, 0),
  );
}

describe('Welch’s t', () => {
  it('is what the textbook says', () => {
    expect(momentsOf([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ count: 8, mean: 5, variance: 32 / 7 });
    // (3 − 5) / √(2.5/5 + 2.5/5)
    expect(welchT([1, 2, 3, 4, 5], [3, 4, 5, 6, 7])).toBeCloseTo(-2, 10);
    expect(welchT([1, 1, 1], [1, 1, 1])).toBe(0);
    expect(welchT([1, 1, 1], [2, 2, 2])).toBe(Number.POSITIVE_INFINITY);
  });

  it('tells a quarter of a deviation from nothing at 2,000 samples', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      expect(Math.abs(welchT(sample(seed, 2_000), sample(seed + 100, 2_000)))).toBeLessThan(4.5);
      expect(Math.abs(welchT(sample(seed, 2_000), sample(seed + 100, 2_000, 0.25)))).toBeGreaterThan(4.5);
    }
  });

  it('says what it could have shown: a difference of that size is at the limit', () => {
    const [left, right] = [sample(3, 2_000), sample(4, 2_000)];
    const { t, shown } = compare(left, right, 4.5);
    expect(t).toBe(welchT(left, right));
    // Two deviations of 1, 2,000 samples each.
    expect(shown).toBeCloseTo(4.5 * Math.sqrt(2 / 2_000), 2);
    const difference = momentsOf(left).mean - momentsOf(right).mean;
    const moved = right.map((value) => value + difference + shown);
    expect(welchT(left, moved)).toBeCloseTo(-4.5, 6);
  });

  it('finds under the pauses of a machine what they hide', () => {
    const paused = (values: number[]) => values.map((value, index) => (index % 50 === 0 ? value + 400 : value));
    const [left, right] = [paused(sample(7, 2_000)), paused(sample(8, 2_000, 0.25))];
    expect(Math.abs(welchT(left, right))).toBeLessThan(4.5);
    expect(Math.abs(welchT(...cropped(left, right, 95)))).toBeGreaterThan(4.5);
  });
});
