import { expect, it } from 'vitest';
import { crashCloud } from './cloud-rounds.ts';

const ROUNDS = 5;
const SEED = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 1e9));

it(`nothing is doubled or lost when the local cloud is killed under load, ${ROUNDS} times (seed ${SEED})`, async () => {
  const { asked, inDoubt, halfWay, problems } = await crashCloud({ rounds: ROUNDS, seed: SEED, say: () => {} });
  expect(problems).toEqual([]);
  expect(asked, 'there was load').toBeGreaterThan(ROUNDS * 5);
  expect(inDoubt, 'the kills struck calls under way').toBeGreaterThan(0);
  expect(halfWay.undecided, 'kills struck between prepare and decide').toBeGreaterThan(0);
  expect(halfWay.unended, 'kills struck between decide and end').toBeGreaterThan(0);
}, 600_000);
