import { beforeAll, describe, expect, it } from 'vitest';
import { type PreparedWorld, prepareWorld } from '../prepared-world.ts';
import { runSeed } from '../swarm.ts';
import { plantedBugs } from './all.ts';

const MOST_SEEDS = 1_000;

let world: PreparedWorld;
beforeAll(async () => {
  world = await prepareWorld();
});

describe('a planted bug is found', () => {
  it('of more than thirty', () => {
    expect(new Set(plantedBugs.map(({ name }) => name)).size).toBeGreaterThan(30);
  });

  it.each(plantedBugs.map((bug) => [bug.name, bug] as const))(
    '%s',
    async (_name, planted) => {
      for (let seed = 1; seed <= MOST_SEEDS; seed += 1) {
        const { complaints } = await runSeed(world, seed, { planted });
        if (complaints.length > 0) return;
      }
      expect.fail(`${MOST_SEEDS} seeds did not find it`);
    },
    300_000,
  );
});
