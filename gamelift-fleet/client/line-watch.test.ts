import { describe, expect, it } from 'vitest';
import { LineWatch } from './line-watch.ts';

const TICK_MS = 50;

/** Frames for so long, of which those at these moments and the two after them come late. */
function watched(watch: LineWatch, fromMs: number, forMs: number, lateAtMs: readonly number[], lateMs = 120): void {
  for (let ms = fromMs; ms < fromMs + forMs; ms += TICK_MS) {
    const isLate = lateAtMs.some((at) => ms >= at && ms < at + 3 * TICK_MS);
    watch.arrived(isLate ? lateMs : 20, ms);
  }
}

describe('the lines that a client needs', () => {
  it('are none beside the main one while frames come evenly, or with the jitter of a radio', () => {
    const watch = new LineWatch();
    watched(watch, 0, 60_000, [5_000, 10_000, 15_000, 20_000, 25_000], 70);
    expect(watch.sideLines).toBe(0);
  });

  it('are none for a hold-up now and then', () => {
    const watch = new LineWatch();
    watched(watch, 0, 120_000, [5_000, 20_000, 45_000, 60_000, 90_000, 105_000]);
    expect(watch.sideLines).toBe(0);
  });

  it('are one more when three come within 20 s, and more when two still come with those, but no fourth', () => {
    const watch = new LineWatch();
    watched(watch, 0, 20_000, [1_000, 6_000]);
    expect(watch.sideLines).toBe(0);
    watched(watch, 20_000, 5_000, [20_000]);
    expect(watch.sideLines).toBe(1);
    watched(watch, 25_000, 30_000, [25_000, 50_000]);
    expect(watch.sideLines).toBe(1);
    watched(watch, 55_000, 5_000, [57_000]);
    expect(watch.sideLines).toBe(2);
    watched(watch, 60_000, 5_000, [61_000, 63_000]);
    expect(watch.sideLines).toBe(3);
    watched(watch, 65_000, 20_000, [66_000, 68_000, 70_000, 72_000]);
    expect(watch.sideLines).toBe(3);
  });

  it('are one fewer after each five minutes without any', () => {
    const watch = new LineWatch();
    watched(watch, 0, 10_000, [1_000, 2_000, 3_000, 4_000, 5_000]);
    expect(watch.sideLines).toBe(2);
    watched(watch, 10_000, 290_000, []);
    expect(watch.sideLines).toBe(2);
    watched(watch, 300_000, 10_000, []);
    expect(watch.sideLines).toBe(1);
    watched(watch, 310_000, 300_000, []);
    expect(watch.sideLines).toBe(0);
  });

  it('are more when answers are held up and frames are not', () => {
    const watch = new LineWatch();
    /** Sends an input each tick, of which every third second's waits for so much longer than the way takes. */
    const play = (fromMs: number, heldUpMs: number) => {
      for (let at = 0; at < 400; at += 1) {
        const nowMs = fromMs + at * TICK_MS;
        watch.sent('inputs', at, nowMs);
        watch.arrived(20, nowMs + 100 + (at % 60 === 0 ? heldUpMs : 0), 100);
        watch.answered('inputs', at & 0xff, nowMs + 100);
      }
    };
    play(0, 140);
    expect(watch.sideLines).toBe(0);
    watch.began();
    play(30_000, 200);
    expect(watch.sideLines).toBeGreaterThan(0);
  });
});
