import { describe, expect, it } from 'vitest';
import { ClockSync } from './clock-sync.ts';

/** A server that is in tick 1,000 when the client's clock shows 0, pinged over a way of these lengths. */
function sync(startMs: number, ways: readonly (readonly [thereMs: number, backMs: number])[]): ClockSync {
  const clock = new ClockSync(20);
  ways.forEach(([there, back], i) => {
    const sentMs = startMs + i * 2_000;
    const serverMs = 50_000 + sentMs + there;
    const pong = { tick: Math.floor(serverMs / 50), sinceTickMs: serverMs % 50, clientMs: ClockSync.stamp(sentMs) };
    clock.take(pong, sentMs + there + back);
  });
  return clock;
}

describe('the estimate of the server clock', () => {
  it('is unknown before the first answer', () => {
    const clock = new ClockSync(20);
    expect([clock.roundTripMs, clock.tickAt(0)]).toEqual([undefined, undefined]);
  });

  it('is exact over a way that is as long there as back', () => {
    const clock = sync(0, [[40, 40]]);
    expect(clock.roundTripMs).toBe(80);
    expect(clock.tickAt(1_000)).toBe(1_020);
    expect(clock.tickAt(1_025)).toBe(1_020.5);
  });

  it('is wrong by at most half of the shortest way of late, whatever the others were', () => {
    const clock = sync(0, [
      [20, 30],
      [400, 10],
      [15, 900],
    ]);
    expect(clock.roundTripMs).toBe(50);
    expect(Math.abs(clock.tickAt(6_000)! - 1_120)).toBeLessThanOrEqual(25 / 50);
  });

  it('forgets a way that has not been so short for a while', () => {
    expect(sync(0, [[1, 1], ...Array.from({ length: 8 }, () => [50, 50] as const)]).roundTripMs).toBe(100);
  });

  it('holds while the stamp wraps round', () => {
    const startMs = 2 ** 32 - 30;
    const clock = sync(startMs, [[40, 40]]);
    expect(clock.roundTripMs).toBe(80);
    expect(clock.tickAt(startMs)).toBe((50_000 + startMs) / 50);
  });
});
