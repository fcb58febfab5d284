import { afterEach, expect, it } from 'vitest';
import { withBoundedRetry } from './bounded-retry.ts';
import { useClock } from './clock.ts';

let nowMs = 0;
const undo = useClock({ nowMs: () => nowMs });
afterEach(() => undo());

it('gives a store that hangs no second chance: the caller has to answer in time', async () => {
  let tries = 0;
  const hanging = async () => {
    tries += 1;
    nowMs += 5_000;
    throw new Error('no answer');
  };
  await expect(withBoundedRetry(hanging, () => false)).rejects.toThrow('no answer');
  expect(tries).toBe(1);
});
