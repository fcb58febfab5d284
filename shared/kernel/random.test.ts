import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { createId } from './ids.ts';
import { type RandomSource, randomToken, systemRandom, useRandomSource } from './random.ts';
import { sleep, useSleep } from './sleep.ts';

function seeded(seed: string): RandomSource {
  let count = 0;
  const bytes = (length: number) =>
    createHash('shake256', { outputLength: length }).update(`${seed}/${count++}`).digest();
  return { bytes, int: (min, max) => min + (bytes(6).readUIntBE(0, 6) % (max - min + 1)) };
}

let undo: (() => void) | undefined;
afterEach(() => undo?.());

const sample = () => [createId('itm').slice(-16), randomToken(), systemRandom.int(0, 1_000_000)];

describe('the process’s randomness', () => {
  it('gives other ids and tokens every time', () => {
    expect(sample()).not.toEqual(sample());
    expect(randomToken(9)).toHaveLength(12);
  });

  it('comes from a seed when one is put in its place, and from the system after the undo', () => {
    undo = useRandomSource(seeded('one'));
    const first = sample();
    undo();
    undo = useRandomSource(seeded('one'));
    expect(sample()).toEqual(first);
    undo();
    expect(sample()).not.toEqual(first);
  });
});

it('waiting can be by another clock', async () => {
  const waits: number[] = [];
  undo = useSleep(async (ms) => waits.push(ms));
  await sleep(60_000);
  expect(waits).toEqual([60_000]);
});
