import { describe, expect, it } from 'vitest';
import { deviceLabel, surplusSessions } from './rules.ts';

describe('session rules', () => {
  it('end the oldest sessions above the limit', () => {
    const active = [50, 10, 30, 20, 40, 60, 70].map((startedAtMs) => ({ startedAtMs }));
    expect(surplusSessions(active)).toEqual([{ startedAtMs: 10 }, { startedAtMs: 20 }]);
    expect(surplusSessions(active.slice(0, 5))).toEqual([]);
  });

  it('show a device in one line of bounded length', () => {
    expect(deviceLabel(' My\u0000 phone\n\u202e', 'agent')).toBe('My  phone');
    expect(deviceLabel(undefined, 'x'.repeat(300))).toHaveLength(128);
    expect(deviceLabel(undefined, '')).toBe('unknown device');
  });
});
