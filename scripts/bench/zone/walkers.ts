import { SeededRandom } from '#fleet/src/sim/random.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';

const METRES_PER_SECOND = 5;
const TURN_CHANCE_PER_TICK = 0.02;

/** Walkers at 5 m/s who take a new heading now and then, and turn round at the border. The same seed walks the same ways. */
export class Walkers {
  readonly x: Float64Array;
  readonly y: Float64Array;
  private readonly heading: Float64Array;
  private readonly random: SeededRandom;
  private readonly side: number;

  constructor(count: number, sideMetres: number, seed: number) {
    const random = new SeededRandom(seed);
    this.random = random;
    this.side = sideMetres;
    this.x = Float64Array.from({ length: count }, () => random.unit() * sideMetres);
    this.y = Float64Array.from({ length: count }, () => random.unit() * sideMetres);
    this.heading = Float64Array.from({ length: count }, () => random.unit() * 2 * Math.PI);
  }

  /** Moves one by so many ticks' way, in one straight line. */
  walk(one: number, ticks = 1): void {
    const { random, heading, x, y, side } = this;
    if (random.unit() < TURN_CHANCE_PER_TICK * ticks) heading[one] = random.unit() * 2 * Math.PI;
    const metres = (METRES_PER_SECOND * ticks) / TICK_HZ;
    const toX = x[one]! + Math.cos(heading[one]!) * metres;
    const toY = y[one]! + Math.sin(heading[one]!) * metres;
    if (toX < 0 || toX > side || toY < 0 || toY > side) {
      heading[one] = (heading[one]! + Math.PI) % (2 * Math.PI);
      return;
    }
    x[one] = toX;
    y[one] = toY;
  }
}
