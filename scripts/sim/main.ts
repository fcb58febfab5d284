import { parseArgs } from 'node:util';
import { MINUTE_MS } from '#shared/kernel/clock.ts';
import { takeProcessCapacity } from '#shared/telemetry/capacity-meter.ts';
import { firstsOf, pairsAfter, rehearse, runSchedule, type Schedule, type Strike, singlesOf } from './exhaustive.ts';
import { type FaultKind, faultKinds } from './faults.ts';
import { actOf, acts } from './operations/all.ts';
import { PairProgress, shardOf } from './pair-progress.ts';
import { plantedBugs } from './planted/all.ts';
import { prepareWorld } from './prepared-world.ts';
import type { Outcome } from './simulation.ts';
import { runSeed } from './swarm.ts';
import { Tally } from './tally.ts';

/** `npm run sim`: see README.md. Exits 1 at the first violation. */
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    minutes: { type: 'string' },
    operation: { type: 'string' },
    singles: { type: 'boolean', default: false },
    pairs: { type: 'boolean', default: false },
    shard: { type: 'string' },
    progress: { type: 'string' },
    faults: { type: 'string' },
    kinds: { type: 'string' },
    planted: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
  },
});

const DEFAULT_SEEDS = 1_000;
/** Lines of the trace that a failure prints; `--trace` prints all. */
const LAST_LINES = 120;
const MOST_SEEDS_A_BUG = 1_000;

const world = await prepareWorld();
const chosen = values.operation === undefined ? acts : [actOf(values.operation)];
const kinds = values.kinds?.split(',').map(kindOf);
const limits = { ...(values.operation === undefined ? {} : { only: chosen }), ...(kinds ? { kinds } : {}) };
const endsAtMs =
  values.minutes === undefined ? Number.POSITIVE_INFINITY : Date.now() + Number(values.minutes) * MINUTE_MS;
const isTimeLeft = () => Date.now() < endsAtMs;

function kindOf(name: string): FaultKind {
  if (!faultKinds.includes(name as FaultKind)) throw new RangeError(`there is no fault ${name}`);
  return name as FaultKind;
}

/** Jobs look at their indexes all the time; nobody wants to read that. */
const isNews = (line: string) => !/(table\.Query|settlement\.list-pending)$/.test(line);

/** Prints what is wrong and how it came about, by running it once more, and gives up. */
async function fail(command: string, again: (tell: (line: string) => void) => Promise<Outcome>): Promise<never> {
  const lines: string[] = [];
  const { complaints } = await again((line) => lines.push(line));
  console.log((values.trace ? lines : lines.filter(isNews).slice(-LAST_LINES)).join('\n'));
  console.log(`\n${complaints.map((one) => `✘ ${one}`).join('\n')}\n\nreplay with   npm run sim -- ${command}`);
  process.exit(1);
}

async function swarm(): Promise<void> {
  const first = Number(values.seed ?? Math.trunc(Date.now() / 1_000) % 1_000_000);
  const count = Number(values.seeds ?? (values.seed !== undefined ? 1 : values.minutes ? Infinity : DEFAULT_SEEDS));
  const tally = new Tally('seeds');
  for (let seed = first; seed < first + count && isTimeLeft(); seed += 1) {
    const outcome = await runSeed(world, seed, limits);
    tally.add(outcome);
    if (outcome.complaints.length > 0 || (values.trace && count === 1)) {
      const named = values.operation === undefined ? '' : ` --operation ${values.operation}`;
      const struck = values.kinds === undefined ? '' : ` --kinds ${values.kinds}`;
      await fail(`--seed ${seed}${named}${struck}`, (tell) => runSeed(world, seed, { ...limits, tell }));
    }
  }
  console.log(`seeds ${first} and following`);
  tally.print(takeProcessCapacity());
}

function spell(strikes: readonly Strike[]): string {
  return strikes.map(([step, kind]) => `${step}:${kind}`).join(',');
}

async function check(schedule: Schedule, tally: Tally): Promise<void> {
  const outcome = await runSchedule(world, schedule);
  tally.add(outcome);
  if (outcome.complaints.length === 0) return;
  await fail(`--operation ${schedule.act.name} --faults ${spell(schedule.strikes)}`, (tell) =>
    runSchedule(world, schedule, { tell }),
  );
}

async function singles(): Promise<void> {
  const tally = new Tally('schedules of one fault');
  for (const act of chosen) for (const schedule of await singlesOf(world, act)) await check(schedule, tally);
  tally.print(takeProcessCapacity());
}

/** All of one shard, in an order in which what the time allows is spread over all operations. */
async function pairs(): Promise<void> {
  const tally = new Tally('schedules of two faults');
  const all: Schedule[] = [];
  for (const act of chosen) all.push(...(await firstsOf(world, act)));
  const mine = shardOf(values.shard, all);
  const progress = new PairProgress(values.progress);
  for (const first of mine) {
    const name = `${first.act.name} ${spell(first.strikes)}`;
    if (progress.has(name)) continue;
    if (!isTimeLeft()) break;
    let done = 0;
    for (const schedule of await pairsAfter(world, first)) {
      await check(schedule, tally);
      done += 1;
    }
    progress.done(name, done);
  }
  tally.print(takeProcessCapacity());
  console.log(progress.report(mine.length));
}

/** `12:kill,30:pause` */
async function replay(text: string): Promise<void> {
  const [act] = chosen;
  if (!act || values.operation === undefined) throw new RangeError('--faults needs --operation');
  const strikes = text.split(',').map((one): Strike => {
    const [step, kind] = one.split(':');
    return [Number(step), kindOf(kind ?? '')];
  });
  const { seed } = await rehearse(world, act);
  await fail(`--operation ${act.name} --faults ${text}`, (tell) =>
    runSchedule(world, { act, seed, strikes }, { tell }),
  );
}

async function planted(): Promise<void> {
  let found = 0;
  for (const bug of plantedBugs) {
    let complaint: string | undefined;
    let seed = 0;
    while (complaint === undefined && seed < MOST_SEEDS_A_BUG) {
      seed += 1;
      [complaint] = (await runSeed(world, seed, { planted: bug, ...(kinds ? { kinds } : {}) })).complaints;
    }
    if (complaint !== undefined) found += 1;
    console.log(`${complaint === undefined ? '✘ not found' : `seed ${String(seed).padStart(4)}`}  ${bug.name}`);
  }
  console.log(`${found} of ${plantedBugs.length} planted bugs found`);
  if (found < plantedBugs.length) process.exitCode = 1;
}

takeProcessCapacity();
if (values.faults !== undefined) await replay(values.faults);
else if (values.planted) await planted();
else if (values.pairs) await pairs();
else if (values.singles) await singles();
else await swarm();
