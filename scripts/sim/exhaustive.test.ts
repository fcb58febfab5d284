import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '#shared/testing/seeded-random.ts';
import { firstsOf, pairsAfter, runSchedule, type Schedule, singlesOf } from './exhaustive.ts';
import { acts } from './operations/all.ts';
import { type PreparedWorld, prepareWorld } from './prepared-world.ts';

/** Of each operation so many first faults are followed by so many second ones; `npm run sim -- --pairs` has all. */
const [FIRSTS, SECONDS] = [3, 7];

let world: PreparedWorld;
beforeAll(async () => {
  world = await prepareWorld();
});

async function expectNothing(schedule: Schedule): Promise<void> {
  const { complaints } = await runSchedule(world, schedule);
  const faults = schedule.strikes.map(([step, kind]) => `${step}:${kind}`).join(',');
  expect(complaints, `npm run sim -- --operation ${schedule.act.name} --faults ${faults}`).toEqual([]);
}

function some<T>(from: readonly T[], count: number, seed: number): readonly T[] {
  const [left, random] = [[...from], seededRandom(seed)];
  return Array.from({ length: Math.min(count, left.length) }, () => left.splice(random.int(0, left.length - 1), 1)[0]!);
}

describe.each(acts.map((act) => [act.name, act] as const))('%s', (_name, act) => {
  it('survives every fault at every step', async () => {
    const singles = await singlesOf(world, act);
    expect(singles.length).toBeGreaterThan(5);
    for (const schedule of singles) await expectNothing(schedule);
  }, 120_000);

  it('survives two faults', async () => {
    for (const first of some(await firstsOf(world, act), FIRSTS, 1)) {
      for (const schedule of some(await pairsAfter(world, first), SECONDS, 2)) await expectNothing(schedule);
    }
  }, 120_000);
});
