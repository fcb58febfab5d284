import { describe, expect, it } from 'vitest';
import { Outbox } from './outbox.ts';
import { TickMeter } from './tick-meter.ts';

/** An outbox with slices of two, whose turns of the event loop come when told to. */
function start() {
  const time = { nowMs: 0 };
  const turns: (() => void)[] = [];
  const took: number[] = [];
  const written: string[] = [];
  const meter = new TickMeter(() => time.nowMs, { took: (ms) => took.push(ms) });
  const outbox = new Outbox({ meter, defer: (run) => turns.push(run), sliceWrites: 2 });
  const add = (...names: string[]) => {
    for (const name of names) {
      const write = () => {
        written.push(name);
        time.nowMs += 1;
      };
      outbox.add({ write, close: () => {} }, Uint8Array.of());
    }
  };
  const tick = (...names: string[]) => {
    outbox.finish();
    meter.begin();
    add(...names);
    outbox.writeFirst();
    meter.finished('send');
    outbox.writeRest();
  };
  const turn = () => turns.shift()!();
  return { time, turns, took, written, meter, outbox, tick, turn };
}

describe('the frames of a tick', () => {
  it('are written in their order, so many in each turn', () => {
    const { tick, turn, turns, written } = start();
    tick('a', 'b', 'c', 'd', 'e');
    expect(written).toEqual(['a', 'b']);
    turn();
    expect(written).toEqual(['a', 'b', 'c', 'd']);
    turn();
    expect(written).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(turns).toEqual([]);
  });

  it('are all written before those of the next tick, whose turns are no more than its own', () => {
    const { tick, turn, turns, written } = start();
    tick('a', 'b', 'c', 'd', 'e');
    tick('f', 'g', 'h', 'i', 'j');
    expect(written.join('')).toBe('abcdefg');
    expect(turns).toHaveLength(1);
    turn();
    turn();
    expect(written.join('')).toBe('abcdefghij');
    expect(turns).toEqual([]);
  });

  it('count as the work of their tick, and what is done between them does not', () => {
    const { tick, turn, time, took, meter } = start();
    tick('a', 'b', 'c', 'd', 'e');
    expect(took).toEqual([]);
    time.nowMs += 10;
    turn();
    time.nowMs += 10;
    turn();
    expect(took).toEqual([5]);
    expect(meter.totalMs.send).toBe(5);
    tick('f');
    expect(took).toEqual([5, 1]);
  });

  it('are dropped when the zone is another’s', () => {
    const { tick, turn, turns, written, outbox } = start();
    tick('a', 'b', 'c');
    outbox.drop();
    turn();
    expect(written).toEqual(['a', 'b']);
    expect(turns).toEqual([]);
  });
});
