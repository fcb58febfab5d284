import { describe, expect, it } from 'vitest';
import { DrawClock, placeOnTrail, type Sample } from './interpolation.ts';

/** Frames of ticks 1, 2, … that come so many milliseconds late, each behind the one before, at 20 a second. */
function recorded(latenessMs: readonly number[], roundTripMs: number | undefined) {
  const clock = new DrawClock(20);
  const drawn: number[] = [];
  let nowMs = 0;
  for (const [index, late] of latenessMs.entries()) {
    nowMs = Math.max(nowMs, 1_000 + index * 50 + late);
    clock.arrived(index + 1, nowMs, roundTripMs);
    drawn.push(clock.tickAt(nowMs));
  }
  return { clock, drawn, nowMs, newest: latenessMs.length };
}

const even = new Array<number>(600).fill(0);
/** A bad line, as it was recorded: mostly even, some frames late, now and then a gap of 200 ms. */
const uneven = even.map((_, i) => (i % 60 === 0 ? 200 : (i * 37) % 40));

describe('the moment to draw the others at', () => {
  it('is two ticks back to begin with, and one where frames come evenly', () => {
    const begin = recorded([0], undefined);
    expect(begin.newest - begin.drawn.at(-1)!).toBeCloseTo(2, 1);
    const { newest, drawn, clock } = recorded(even, 20);
    expect(newest - drawn.at(-1)!).toBeCloseTo(1);
    expect(clock.delay).toBeCloseTo(1);
  });

  it('is farther back where they do not, so that nearly all of them come in time', () => {
    const { clock, drawn } = recorded(uneven, 20);
    expect(clock.delay).toBeGreaterThan(1.6);
    const late = drawn.slice(200).filter((tick, i) => tick > 200 + i + 1);
    expect(late.length).toBeLessThan(drawn.length * 0.05);
  });

  it('is never older than the server winds back to, beyond the one tick that smoothness needs', () => {
    for (const roundTripMs of [20, 80, 120, 180, 240, 500]) {
      const { clock } = recorded(uneven, roundTripMs);
      expect(clock.delay).toBeLessThanOrEqual(Math.max(1, 5 - roundTripMs / 50));
    }
  });

  it('is one that an act can tell: a whole number of sixteenths', () => {
    for (const tick of recorded(uneven, 60).drawn) expect(Number.isInteger(tick * 16)).toBe(true);
  });

  it('is held up when nothing comes, from when on an act would come too late for what is drawn', () => {
    for (const roundTripMs of [20, 100, 200]) {
      const { clock, nowMs } = recorded(even, roundTripMs);
      // One tick ahead of the newest is drawn, two ticks after it has come; then what can be wound back is used up.
      const untilMs = nowMs + 100 + Math.max(12.5, (5 - 1) * 50 - roundTripMs);
      expect(clock.isHeldUp(untilMs - 5, roundTripMs)).toBe(false);
      expect(clock.isHeldUp(untilMs + 5, roundTripMs)).toBe(true);
      clock.arrived(601, nowMs + 300, roundTripMs);
      for (let tick = 602; tick < 608; tick++) clock.arrived(tick, nowMs + 300, roundTripMs);
      expect(clock.isHeldUp(nowMs + 300, roundTripMs)).toBe(false);
    }
  });

  it('never runs backwards, and stands still when nothing comes', () => {
    const { clock, drawn, nowMs, newest } = recorded(uneven, 60);
    for (const [index, tick] of drawn.entries()) expect(tick).toBeGreaterThanOrEqual(drawn[index - 1] ?? tick);
    expect(clock.tickAt(nowMs + 5_000)).toBe(newest + 1);
    clock.arrived(newest + 1, nowMs + 5_000, 60);
    expect(clock.tickAt(nowMs + 5_000)).toBeGreaterThanOrEqual(newest + 1);
  });
});

describe('a trail', () => {
  const walk: Sample[] = [1, 2, 3, 4, 5].map((tick) => ({ tick, x: tick * 0.25, y: 0 }));

  it('is straight between two places, and goes on at its pace after the last', () => {
    expect(placeOnTrail(walk, 5, 3.5)).toEqual({ x: 0.875, y: 0 });
    expect(placeOnTrail(walk, 5, 6).x).toBeCloseTo(1.5);
  });

  it('ends where it stood still of late', () => {
    expect(placeOnTrail(walk, 9, 10)).toEqual({ x: 1.25, y: 0 });
    expect(placeOnTrail(walk.slice(0, 1), 1, 3)).toEqual({ x: 0.25, y: 0 });
  });

  it('goes on evenly when steps come two in one tick and none in the next', () => {
    const steps: Sample[] = [
      { tick: 1, x: 0.25, y: 0 },
      { tick: 2, x: 0.75, y: 0 },
      { tick: 3, x: 0.75, y: 0 },
      { tick: 4, x: 1, y: 0 },
    ];
    expect(placeOnTrail(steps, 4, 5).x).toBeCloseTo(1.25);
  });

  it('has nothing between the two ends of a jump', () => {
    const jump = [...walk, { tick: 6, x: 90, y: 90 }];
    expect(placeOnTrail(jump, 6, 5.5)).toEqual({ x: 1.25, y: 0 });
    expect(placeOnTrail(jump, 6, 7)).toEqual({ x: 90, y: 90 });
  });
});
