import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describeCpu, watchCpu } from '../cpu-share.ts';
import type { BenchOptions } from '../options.ts';
import { median, table } from '../report.ts';
import { type Standing, standings, timedEndpoints } from './classes.ts';
import type { Samples } from './sampler.ts';
import { type Comparison, compare, cropped, momentsOf } from './welch.ts';

/** Beyond this, whoever measures can tell two classes apart. */
const LIMIT = 4.5;
/** Also judged without the slowest tenth: pauses of the machine would hide a difference. */
const CROP_PERCENTILE = 90;
/** Pairs of each endpoint. */
const PAIRS: readonly (readonly [Standing, Standing])[] = [
  ['known', 'unknown'],
  ['known', 'unconfirmed'],
  ['unknown', 'unconfirmed'],
];

/**
 * `npm run bench -- timing [--samples N]`: whether the time of an answer tells what an address is. The real handlers, each
 * endpoint in a process of its own, on a table in memory, so that little but their own work is timed; that they make the
 * same calls to the table for every kind of address is a test's business (`functions/auth/timing.int.test.ts`). Fails when
 * two classes that must look alike can be told apart, or when the time was too short for all samples.
 */
export async function timing({ samples }: BenchOptions): Promise<void> {
  const cpu = watchCpu([{ name: 'bench', pid: process.pid }]);
  const beganMs = performance.now();
  const taken = new Map<string, Samples>();
  const names = timedEndpoints.map(({ name }) => name).values();
  await Promise.all(
    Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
      for (const name of names) taken.set(name, await takenOf(name, samples));
    }),
  );
  const used = cpu();
  console.log(
    `\nTime of an answer by what the address is, milliseconds; ${((performance.now() - beganMs) / 1_000).toFixed(0)} s`,
  );
  console.log(describeCpu(used));
  const told = report(new Map(timedEndpoints.map(({ name }) => [name, taken.get(name)!])));
  const fewest = Math.min(
    ...[...taken.values()].flatMap((one) => standings.map((standing) => one[standing].wallMs.length)),
  );
  const problems = [
    ...(fewest < samples ? [`the machine was too busy: ${fewest} of ${samples} samples a class in the time`] : []),
    ...(told > 0 ? [`${told} pairs of classes can be told apart by their time`] : []),
  ];
  for (const problem of problems) console.log(`  error: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
}

async function takenOf(name: string, samples: number): Promise<Samples> {
  const child = fork(join(import.meta.dirname, 'sampler.ts'), [name, String(samples)]);
  const failed = once(child, 'exit').then(([code]) => Promise.reject(new Error(`sampling ${name} ended with ${code}`)));
  failed.catch(() => {});
  return Promise.race([once(child, 'message').then(([message]) => message as Samples), failed]);
}

/** Prints the figures. @returns how many pairs can be told apart. */
function report(taken: ReadonlyMap<string, Samples>): number {
  const rows = [...taken].flatMap(([name, samples]) =>
    standings.map((standing) => {
      const { wallMs, cpuMs } = samples[standing];
      const [wall, cpu] = [momentsOf(wallMs), momentsOf(cpuMs)];
      const figures = [median(wallMs), wall.mean, Math.sqrt(wall.variance), cpu.mean, Math.sqrt(cpu.variance)];
      return [`${name}, ${standing}`, String(wall.count), ...figures.map((ms) => ms.toFixed(3))];
    }),
  );
  console.log(table(['class', 'samples', 'median', 'mean', 'deviation', 'CPU mean', 'deviation'], rows));

  const judged = [...taken].flatMap(([name, samples]) =>
    PAIRS.map(([left, right]) => {
      const [a, b] = [samples[left], samples[right]];
      return {
        name: `${name}: ${left} – ${right}`,
        all: compare(a.wallMs, b.wallMs, LIMIT),
        most: compare(...cropped(a.wallMs, b.wallMs, CROP_PERCENTILE), LIMIT),
        cpu: compare(a.cpuMs, b.cpuMs, LIMIT),
      };
    }),
  );
  const cells = ({ t, shown }: Comparison) => [t.toFixed(2), `${(1_000 * shown).toFixed(0)} µs`];
  console.log(
    `\nWelch's t (must stay within ±${LIMIT}) and the least difference that would have gone beyond it: of all samples, of the ` +
      `fastest ${CROP_PERCENTILE} %, of the processor time`,
  );
  console.log(
    table(
      ['pair', 't', 'shows', `t ${CROP_PERCENTILE} %`, 'shows', 't CPU', 'shows'],
      judged.map(({ name, all, most, cpu }) => [name, ...cells(all), ...cells(most), ...cells(cpu)]),
    ),
  );
  return judged.filter((pair) => [pair.all, pair.most, pair.cpu].some(({ t }) => Math.abs(t) >= LIMIT)).length;
}
