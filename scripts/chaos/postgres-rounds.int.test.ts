import { expect, it } from 'vitest';
import { crashPostgres } from './postgres-rounds.ts';

const ROUNDS = 15;
const SEED = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 1e9));

it(`the ledger keeps its promises when Postgres is killed under load, ${ROUNDS} times (seed ${SEED})`, async () => {
  const { asked, inDoubt, problems } = await crashPostgres({ rounds: ROUNDS, seed: SEED, say: () => {} });
  expect(problems).toEqual([]);
  expect(asked, 'there was load').toBeGreaterThan(ROUNDS * 20);
  expect(inDoubt, 'the kills struck requests under way').toBeGreaterThan(0);
});
