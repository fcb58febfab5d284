import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomSource } from '#shared/kernel/random.ts';

/** A seeded source of randomness: the same seed gives the same numbers, in the order in which they are asked for. */
export interface SeededRandom extends RandomSource {
  /** True in so many of a hundred cases. */
  percent(chance: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** A source of its own, so that what one part of a simulation draws does not shift what another one draws. */
  fork(): SeededRandom;
}

/** Makes a source from a seed. */
export function seededRandom(seed: number): SeededRandom {
  const generator = xoroshiro128plus(seed);
  const word = (): number => generator.next() >>> 0;
  const int = (min: number, max: number): number => {
    const range = max - min + 1;
    // 48 bits: the remainder's bias is range / 2^48, which no simulation can see.
    return min + (((word() & 0xffff) * 2 ** 32 + word()) % range);
  };
  return {
    int,
    bytes: (count) => Uint8Array.from({ length: count }, () => word() & 0xff),
    percent: (chance) => int(1, 10_000) <= chance * 100,
    pick: (from) => from[int(0, from.length - 1)]!,
    fork: () => seededRandom(word() | 0),
  };
}
