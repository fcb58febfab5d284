import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALL_BACKOFF, RECONNECT_BACKOFF, RECONNECT_GIVES_UP_AFTER_MS, retryAfterMs, waitMs } from './backoff.ts';

describe('a wait', () => {
  it('is drawn from a span that doubles and stays within its bound, after the time that the server asked for', () => {
    const draws = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(draws, fc.nat(40), fc.nat(60_000), (draw, failures, after) => {
        for (const backoff of [CALL_BACKOFF, RECONNECT_BACKOFF]) {
          const span = Math.min(backoff.mostMs, backoff.firstMs * 2 ** failures);
          expect(waitMs(backoff, failures, after, () => draw)).toBeCloseTo(after + draw * span, 6);
        }
      }),
    );
  });

  it.each([
    ['7', 7_000],
    ['0', 0],
    [null, 0],
    [undefined, 0],
    ['-3', 0],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 0],
  ])('reads Retry-After %j as %d ms', (header, ms) => {
    expect(retryAfterMs(header)).toBe(ms);
  });

  it('is told more exactly by a fact of the refusal, if that says when', () => {
    const told = [{ retryAfterMs: 5_300 }, { retryAfterMs: 0 }, { retryAfterMs: 'soon' }, {}, undefined];
    expect(told.map((facts) => retryAfterMs('6', facts))).toEqual([5_300, 6_000, 6_000, 6_000, 6_000]);
    expect(retryAfterMs(null, { retryAfterMs: 500 })).toBe(500);
  });
});

/** The shortest generator that is good enough here. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

const TICK_MS = 10;

/** All sockets end at 0; a door lets so many through in each second and refuses the rest. When each client is back, in ms. */
function storm(clients: number, door: { readonly perSecond: number; readonly burst: number }): number[] {
  const random = seeded(clients);
  /** Failures of each client that tries in a tick, by the tick. */
  const tries = new Map<number, number[]>();
  const tryAfter = (sinceMs: number, failures: number) => {
    const tick = Math.floor((sinceMs + waitMs(RECONNECT_BACKOFF, failures, 0, random)) / TICK_MS) + 1;
    tries.set(tick, [...(tries.get(tick) ?? []), failures]);
  };
  for (let client = 0; client < clients; client += 1) tryAfter(0, 0);
  const back: number[] = [];
  let tokens = door.burst;
  for (let tick = 1; back.length < clients; tick += 1) {
    tokens = Math.min(door.burst, tokens + (door.perSecond * TICK_MS) / 1_000);
    for (const failures of tries.get(tick) ?? []) {
      if (tokens >= 1) {
        tokens -= 1;
        back.push(tick * TICK_MS);
      } else tryAfter(tick * TICK_MS, failures + 1);
    }
  }
  return back;
}

describe('a storm', () => {
  it('of 5,000 is let in within its first span by a gateway that takes 500 a second', () => {
    const back = storm(5_000, { perSecond: 500, burst: 500 });
    expect(back[Math.floor(5_000 * 0.99)]).toBeLessThan(RECONNECT_BACKOFF.firstMs);
  });

  it.each([
    [20_000, { perSecond: 500, burst: 500 }],
    [1_000, { perSecond: 50, burst: 100 }],
    [1_000, { perSecond: 8, burst: 20 }],
  ])('of %d at a door of %j keeps it busy, and is in before anybody gives up', (clients, door) => {
    const back = storm(clients, door);
    const idealMs = ((clients - door.burst) / door.perSecond) * 1_000;
    expect(back).toHaveLength(clients);
    expect(back.at(-1)).toBeLessThan(RECONNECT_GIVES_UP_AFTER_MS);
    expect(back[Math.floor(clients * 0.9)]).toBeLessThan(1.5 * idealMs + RECONNECT_BACKOFF.mostMs);
  });
});
