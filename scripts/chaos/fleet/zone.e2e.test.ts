import { expect, it } from 'vitest';
import { p99 } from './zone-report.ts';
import { crashFleet } from './zone-rounds.ts';

const ROUNDS = 30;
const BOTS = 6;
/** Short leases make short rounds; `npm run chaos -- zone` has those of players. */
const LEASE_MS = 1_000;
const SEED = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 1e9));

it(`nothing is lost or doubled when fleet processes are killed or stopped, ${ROUNDS} times (seed ${SEED})`, async () => {
  const report = await crashFleet({
    rounds: ROUNDS,
    seed: SEED,
    bots: BOTS,
    leaseMs: LEASE_MS,
    countEvery: 1,
    say: () => {},
  });
  expect(report.problems).toEqual([]);
  expect(report.rounds).toBe(ROUNDS);
  expect(report.refused, 'every write of an old owner is refused').toBe(report.tried);
  expect(report.zombies, 'processes that went on were stopped by the stores').toBe(report.stops);
  expect(report.looted, 'there was load').toBeGreaterThan(ROUNDS / 3);
  expect(report.crossings, 'zones were crossed').toBeGreaterThan(ROUNDS / 3);
  expect(p99(report.reattachMs)).toBeLessThan(15_000);
}, 600_000);
