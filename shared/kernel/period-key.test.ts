import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from './clock.ts';
import { periodEndMs, periodKey } from './period-key.ts';

const BERLIN = 'Europe/Berlin';
const at = (iso: string) => Date.parse(iso);

describe('the period key', () => {
  it('turns at six on the realm’s clock', () => {
    expect(periodKey('daily', BERLIN, at('2026-11-22T04:59:59.999Z'))).toBe('daily-2026-11-21');
    expect(periodKey('daily', BERLIN, at('2026-11-22T05:00:00.000Z'))).toBe('daily-2026-11-22');
  });

  it('begins the week on Wednesday at six', () => {
    expect(periodKey('weekly', BERLIN, at('2026-11-18T04:59:59.999Z'))).toBe('weekly-2026-11-11');
    expect(periodKey('weekly', BERLIN, at('2026-11-18T05:00:00.000Z'))).toBe('weekly-2026-11-18');
    expect(periodKey('weekly', BERLIN, at('2026-11-24T23:00:00.000Z'))).toBe('weekly-2026-11-18');
  });

  it('keeps to six o’clock when the clocks change', () => {
    expect(periodKey('daily', BERLIN, at('2026-03-29T03:59:59.999Z'))).toBe('daily-2026-03-28');
    expect(periodKey('daily', BERLIN, at('2026-03-29T04:00:00.000Z'))).toBe('daily-2026-03-29');
    expect(periodKey('daily', BERLIN, at('2026-10-25T04:59:59.999Z'))).toBe('daily-2026-10-24');
    expect(periodKey('daily', BERLIN, at('2026-10-25T05:00:00.000Z'))).toBe('daily-2026-10-25');
  });

  it('goes forward only, day by day and week by week', () => {
    const instant = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') });
    const zone = fc.constantFrom(BERLIN, 'UTC', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe');
    fc.assert(
      fc.property(instant, zone, fc.integer({ min: 0, max: 25 * HOUR_MS }), (start, timeZone, laterMs) => {
        for (const period of ['daily', 'weekly'] as const) {
          const before = periodKey(period, timeZone, start);
          expect(periodKey(period, timeZone, start + laterMs) >= before).toBe(true);
          expect(periodKey(period, timeZone, start + 7 * DAY_MS + 2 * HOUR_MS) > before).toBe(true);
        }
      }),
    );
  });
});

describe('the end of a period', () => {
  it('is at six on the realm’s clock, also when the clocks change', () => {
    expect(periodEndMs('daily', BERLIN, at('2026-11-22T04:59:00Z'))).toBe(at('2026-11-22T05:00:00Z'));
    expect(periodEndMs('daily', BERLIN, at('2026-11-22T05:00:00Z'))).toBe(at('2026-11-23T05:00:00Z'));
    expect(periodEndMs('daily', BERLIN, at('2026-03-28T12:00:00Z'))).toBe(at('2026-03-29T04:00:00Z'));
    expect(periodEndMs('daily', BERLIN, at('2026-10-24T04:00:00Z'))).toBe(at('2026-10-25T05:00:00Z'));
    expect(periodEndMs('weekly', BERLIN, at('2026-10-21T04:00:00Z'))).toBe(at('2026-10-28T05:00:00Z'));
  });

  it('is the first instant of the next one', () => {
    const instant = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') });
    const zone = fc.constantFrom(BERLIN, 'UTC', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe');
    fc.assert(
      fc.property(instant, zone, fc.constantFrom('daily' as const, 'weekly' as const), (now, timeZone, period) => {
        const endMs = periodEndMs(period, timeZone, now);
        expect(endMs).toBeGreaterThan(now);
        expect(periodKey(period, timeZone, endMs - 1)).toBe(periodKey(period, timeZone, now));
        expect(periodKey(period, timeZone, endMs) > periodKey(period, timeZone, now)).toBe(true);
      }),
    );
  });
});
