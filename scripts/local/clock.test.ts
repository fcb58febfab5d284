import { describe, expect, it } from 'vitest';
import { createLocalClock } from './clock.ts';

describe('the local clock', () => {
  it('runs with the machine and moves forward', async () => {
    const clock = createLocalClock();
    const before = clock.nowMs();
    expect(Math.abs(before - Date.now())).toBeLessThan(1_000);
    await clock.advance(60_000);
    expect(clock.nowMs() - before).toBeGreaterThanOrEqual(60_000);
    expect(clock.offsetMs()).toBe(60_000);
    expect(new Float64Array(clock.sharedOffset)[0]).toBe(60_000);
  });

  it('waits for all listeners, and forgets those that leave', async () => {
    const clock = createLocalClock();
    const heard: string[] = [];
    clock.onChange(async () => {
      await Promise.resolve();
      heard.push('slow');
    });
    const leave = clock.onChange(() => void heard.push('left'));
    await clock.advance(1);
    leave();
    await clock.advance(1);
    expect(heard).toEqual(['left', 'slow', 'slow']);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('does not move by %s', async (ms) => {
    await expect(createLocalClock().advance(ms)).rejects.toThrow(RangeError);
  });
});
