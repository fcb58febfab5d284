import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { Grid } from '../sim/grid.ts';
import type { CellStreams } from './cell-streams.ts';
import { overloadLadder } from './overload.ts';
import { TickFrames } from './tick-frames.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const BLOCK_BYTES = 10_000;
/** Streams of which every cell has much to tell in every tick. */
const busyStreams = {
  bytes: new Uint8Array(BLOCK_BYTES),
  delta: () => ({ from: 0, to: BLOCK_BYTES }),
  foughtTick: () => Number.NEGATIVE_INFINITY,
} as unknown as CellStreams;

describe('tick frames', () => {
  it('keep no memory for cells that everybody has left', async () => {
    const grid = new Grid({ originX: 0, originY: 0, width: 2_000, height: 20 }, 10);
    const frames = new TickFrames(busyStreams, grid);
    const made: WeakRef<ArrayBufferLike>[] = [];
    let tick = 0;
    grid.insert(1, 10, 10, true);
    for (let x = 10; x < 2_000; x += 20) {
      grid.move(1, x, 10, true);
      tick += 1;
      frames.begin(tick, overloadLadder[0]!);
      frames.makeAll();
      made.push(new WeakRef(frames.following(grid.cellOf[1]!).buffer));
    }
    // A WeakRef holds what it was made of until the turn of the event loop is over.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    const kept = new Set(made.map((one) => one.deref()).filter((one) => one !== undefined));
    expect(made).toHaveLength(100);
    expect(kept.size).toBe(1);
  });
});
