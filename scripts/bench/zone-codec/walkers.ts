import { SeededRandom } from '#fleet/src/sim/random.ts';
import { METRES_PER_UNIT, TICK_HZ } from '#shared/contract/zone-protocol.ts';

/** What a world does: how many of those in view walk, and how many inputs a second are acknowledged. */
export interface Scenario {
  readonly name: string;
  readonly inView: number;
  readonly walking: number;
  readonly inputsPerSecond: number;
}

/** Places of everybody after every tick, in wire units from the corner, and the newest acknowledged input. */
export interface Recording {
  readonly scenario: Scenario;
  readonly ticks: number;
  /** One per tick and entity: `tick * inView + entity`. */
  readonly x: Uint16Array;
  readonly y: Uint16Array;
  readonly ack: Uint8Array;
  /** Entities that changed, summed over all ticks but the first. */
  readonly updates: number;
}

/** Side of the 3×3 cells in view. */
export const VIEW_METRES = 60;
const METRES_PER_TICK = 5 / TICK_HZ;
const TURN_CHANCE = 0.02;

/** Walkers at 5 m/s who turn now and then, and at the edge of the view. */
export function record(scenario: Scenario, ticks: number, seed: number): Recording {
  const { inView, walking, inputsPerSecond } = scenario;
  const random = new SeededRandom(seed);
  const [x, y, ack] = [
    new Uint16Array(ticks * inView),
    new Uint16Array(ticks * inView),
    new Uint8Array(ticks * inView),
  ];
  const walkers = Array.from({ length: inView }, () => ({
    x: random.unit() * VIEW_METRES,
    y: random.unit() * VIEW_METRES,
    heading: random.unit() * 2 * Math.PI,
  }));
  let updates = 0;
  for (let tick = 0; tick < ticks; tick++) {
    for (let one = 0; one < inView; one++) {
      const walker = walkers[one]!;
      const at = tick * inView + one;
      if (one < walking && tick > 0)
        walk(walker, random.unit() < TURN_CHANCE ? random.unit() * 2 * Math.PI : undefined);
      x[at] = Math.round(walker.x / METRES_PER_UNIT);
      y[at] = Math.round(walker.y / METRES_PER_UNIT);
      ack[at] = Math.floor(((tick + one) * inputsPerSecond) / TICK_HZ);
      if (tick > 0 && (x[at] !== x[at - inView] || y[at] !== y[at - inView] || ack[at] !== ack[at - inView]))
        updates += 1;
    }
  }
  return { scenario, ticks, x, y, ack, updates };
}

function walk(walker: { x: number; y: number; heading: number }, turn: number | undefined): void {
  walker.heading = turn ?? walker.heading;
  const x = walker.x + Math.cos(walker.heading) * METRES_PER_TICK;
  const y = walker.y + Math.sin(walker.heading) * METRES_PER_TICK;
  const isInside = x > 0 && x < VIEW_METRES && y > 0 && y < VIEW_METRES;
  if (!isInside) walker.heading += Math.PI;
  else Object.assign(walker, { x, y });
}
