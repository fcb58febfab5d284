import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PairProgress, shardOf } from './pair-progress.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'pairs-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('shards', () => {
  it('are parts of one whole, the same in every process', () => {
    const all = Array.from({ length: 101 }, (_none, index) => index);
    const parts = Array.from({ length: 8 }, (_none, index) => shardOf(`${index + 1}/8`, all));
    expect(parts.flat().sort((a, b) => a - b)).toEqual(all);
    expect(Math.max(...parts.map(({ length }) => length)) - Math.min(...parts.map(({ length }) => length))).toBe(1);
    expect(shardOf('3/8', all)).toEqual(parts[2]);
    expect(shardOf(undefined, all)).toHaveLength(101);
  });

  it.each(['0/8', '9/8', '1', 'all', '1/0'])('%s is none', (shard) => {
    expect(() => shardOf(shard, [1])).toThrow(RangeError);
  });
});

it('goes on where another run has stopped', () => {
  const file = path.join(folder, 'progress');
  const first = new PairProgress(file);
  expect(first.has('buy 3:kill')).toBe(false);
  first.done('buy 3:kill', 40);
  first.done('sell 1:after', 7);
  const again = new PairProgress(file);
  expect([again.has('buy 3:kill'), again.has('buy 4:kill')]).toEqual([true, false]);
  expect(again.report(9)).toContain('2 of 9 first faults, 47 schedules');
});
