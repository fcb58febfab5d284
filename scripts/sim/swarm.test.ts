import { beforeAll, describe, expect, it } from 'vitest';
import { acts } from './operations/all.ts';
import { type PreparedWorld, prepareWorld } from './prepared-world.ts';
import { drawSwarm, runSeed } from './swarm.ts';

/** So many schedules of every test run; `npm run sim` runs others, and more. */
const SEEDS = 200;

let world: PreparedWorld;
beforeAll(async () => {
  world = await prepareWorld();
});

describe('a swarm', () => {
  it('is drawn from its seed', () => {
    expect(drawSwarm(5)).toEqual(drawSwarm(5));
    const drawn = Array.from({ length: 100 }, (_none, seed) => drawSwarm(seed));
    expect(new Set(drawn.flatMap((one) => one.acts))).toEqual(new Set(acts));
    expect(new Set(drawn.map(({ actors }) => actors))).toEqual(new Set([2, 3, 4, 5, 6, 8]));
  });

  it('replays a seed step by step, whatever ran before it', async () => {
    const first = await runSeed(world, 11);
    await runSeed(world, 12);
    const again = await runSeed(await prepareWorld(), 11);
    expect(again.traceHash).toBe(first.traceHash);
    expect((await runSeed(world, 13)).traceHash).not.toBe(first.traceHash);
  }, 60_000);

  it(`breaks no invariant in ${SEEDS} schedules`, async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const { complaints } = await runSeed(world, seed);
      expect(complaints, `npm run sim -- --seed ${seed}`).toEqual([]);
    }
  }, 600_000);
});
