import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { type SeededRandom, seededRandom } from '#shared/testing/seeded-random.ts';
import { type FaultKind, type FaultRates, faultKinds, randomFaults } from './faults.ts';
import { actOf, acts } from './operations/all.ts';
import type { PlantedBug } from './planted/planted-bug.ts';
import type { PreparedWorld } from './prepared-world.ts';
import { type Outcome, simulate } from './simulation.ts';
import type { Act, Stage } from './stage.ts';

/** How likely each kind may become at a step, in percent: what does not end a process may be frequent. */
const HIGHEST: Required<FaultRates> = {
  before: 4,
  after: 4,
  duplicate: 10,
  delay: 15,
  pause: 3,
  kill: 4,
  conflict: 12,
  throttle: 6,
  lag: 60,
};

/** Where faults strike: everywhere; where value is decided, and then more often; or where things are told. */
const TARGETS = [
  { strikes: /./, times: 1 },
  { strikes: /^(settlement|ledger|auction)\.|TransactWriteItems/, times: 3 },
  { strikes: /^(settlement|ledger|auction)\./, times: 6 },
  { strikes: /^(bus|queue)\.|TransactWriteItems|UpdateItem/, times: 3 },
] as const;

/** How often a player does the same thing twice at once, in percent: with two keys, and maybe to one thing. */
const DOUBLE_PERCENT = 25;

/** In so many seeds players begin only when the storm is about to end, this long before it at most. */
const [LATE_PERCENT, LATE_MS] = [30, 20 * SECOND_MS];
/** How often they give up then: what nobody asks for again has to end by itself. */
const LATE_GIVE_UP_PERCENT = 80;

/** Everything that a seed decides before the first step. */
export interface SwarmOptions {
  readonly actors: number;
  readonly rates: FaultRates;
  readonly strikes: RegExp;
  readonly acts: readonly Act[];
  /** Devices on which each player does something at the same time. */
  readonly devices: number;
  readonly actsEach: number;
  /** Between two acts of a player, at most. */
  readonly restMs: number;
  readonly duplicatePercent: number;
  readonly stormMs: number;
  /** Players begin after so much of the storm: late, so that its end comes upon them in the middle of what they do. */
  readonly beginsMs: number;
  /** Unset: as players usually are. */
  readonly giveUpPercent?: number;
}

/** What a swarm is made of, where its seed does not decide it. */
export interface SwarmLimits {
  readonly only?: readonly Act[] | undefined;
  /** All of these kinds of faults, and no others. */
  readonly kinds?: readonly FaultKind[] | undefined;
}

/** Draws a swarm from its seed: some kinds of faults, some operations, some number of players (swarm testing). */
export function drawSwarm(seed: number, { only, kinds }: SwarmLimits = {}): SwarmOptions {
  const random = seededRandom(seed ^ 0x5eed);
  const { strikes, times } = random.pick(TARGETS);
  const rates = Object.fromEntries(
    faultKinds
      .filter((kind) => (random.percent(50) && !kinds) || kinds?.includes(kind))
      .map((kind) => [kind, (random.int(1, 100) / 100) * HIGHEST[kind] * times] as const),
  );
  const drawn = (only ?? acts).filter(() => only !== undefined || random.percent(50));
  const drawnTogether = {
    actors: random.pick([2, 2, 3, 3, 4, 5, 6, 8]),
    rates,
    strikes,
    acts: drawn.length > 0 ? drawn : acts,
    devices: random.pick([1, 1, 2, 3]),
    actsEach: random.int(1, 3),
    restMs: random.pick([1, SECOND_MS, 10 * SECOND_MS]),
    duplicatePercent: random.pick([0, 10, 50]),
    stormMs: random.int(30, 180) * SECOND_MS,
  };
  const lastMs = random.int(2, LATE_MS / SECOND_MS) * SECOND_MS;
  return random.percent(LATE_PERCENT)
    ? { ...drawnTogether, beginsMs: drawnTogether.stormMs - lastMs, giveUpPercent: LATE_GIVE_UP_PERCENT }
    : { ...drawnTogether, beginsMs: 0 };
}

/** Every player does one thing after the other; everybody at once. */
async function swarm(stage: Stage, isStorm: () => boolean, options: SwarmOptions, random: SeededRandom): Promise<void> {
  const play = async (me: number): Promise<void> => {
    const own = random.fork();
    await stage.scheduler.sleep(options.beginsMs);
    for (let done = 0; done < options.actsEach && isStorm(); done += 1) {
      await stage.scheduler.sleep(own.int(0, options.restMs));
      const act = own.pick(options.acts);
      const isDouble = own.percent(DOUBLE_PERCENT);
      await Promise.all([act.perform(stage, me), isDouble ? act.perform(stage, me) : undefined]);
    }
    // Once more in fair weather: whatever was left behind is in nobody's way.
    while (isStorm()) await stage.scheduler.sleep(5 * SECOND_MS);
    if (own.percent(50)) return;
    await stage.scheduler.sleep(own.int(0, MINUTE_MS));
    await own.pick(options.acts).perform(stage, me);
  };
  await Promise.all(
    Array.from({ length: options.actors * options.devices }, (_none, device) => {
      const me = device % options.actors;
      return stage.scheduler.start(`player ${me}`, () => play(me));
    }),
  );
}

/** Runs the schedule of one seed. */
export function runSeed(
  world: PreparedWorld,
  seed: number,
  more: SwarmLimits & { readonly planted?: PlantedBug; tell?(line: string): void } = {},
): Promise<Outcome> {
  const options = drawSwarm(seed, { ...more, only: more.only ?? more.planted?.operations?.map(actOf) });
  return simulate(world, {
    ...more,
    seed,
    actors: options.actors,
    duplicatePercent: options.duplicatePercent,
    stormMs: options.stormMs,
    giveUpPercent: options.giveUpPercent,
    plan: (random) => {
      const chance = randomFaults(random, options.rates);
      return (stepName, process) => (options.strikes.test(stepName) ? chance(stepName, process) : undefined);
    },
    script: (stage, isStorm) => swarm(stage, isStorm, options, seededRandom(seed ^ 0xac7)),
  });
}
