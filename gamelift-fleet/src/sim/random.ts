import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Random } from '#shared/kernel/random.ts';

/** Randomness that a seed determines; its state is part of the simulation's state hash. */
export class SeededRandom implements Random {
  private readonly generator: ReturnType<typeof xoroshiro128plus>;

  constructor(seed: number) {
    this.generator = xoroshiro128plus(seed);
  }

  /** Uniform in [0, 1), 32 bits. */
  unit(): number {
    return (this.generator.next() >>> 0) / 2 ** 32;
  }

  int(min: number, max: number): number {
    return min + Math.floor(this.unit() * (max - min + 1));
  }

  state(): readonly number[] {
    return this.generator.getState();
  }
}
