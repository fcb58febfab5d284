import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPreferences, deliveryOf, isQuiet, Preferences } from './preferences.ts';
import { categories } from './templates.ts';

const noon = Date.UTC(2077, 0, 10, 12);
const quietHours = { from: '22:00', to: '07:30', timeZone: 'Europe/Berlin' };

describe('quiet hours', () => {
  it.each([
    ['2077-01-10T20:59:00Z', false],
    ['2077-01-10T21:00:00Z', true],
    ['2077-01-10T23:30:00Z', true],
    ['2077-01-11T06:29:59Z', true],
    ['2077-01-11T06:30:00Z', false],
    ['2077-07-10T20:30:00Z', true],
  ])('over midnight in Berlin, at %s: %s', (at, quiet) => {
    expect(isQuiet(quietHours, Date.parse(at))).toBe(quiet);
  });

  it('within one day hold from their start, and end at their end', () => {
    const siesta = { from: '13:00', to: '15:00', timeZone: 'UTC' };
    const at = (time: string) => isQuiet(siesta, Date.parse(`2077-01-10T${time}:00Z`));
    expect(['12:59', '13:00', '14:59', '15:00'].map(at)).toEqual([false, true, true, false]);
  });

  it('from a time to the same time are none', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1439 }), fc.date({ noInvalidDate: true }), (minute, date) => {
        const time = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
        expect(isQuiet({ from: time, to: time, timeZone: 'UTC' }, date.getTime())).toBe(false);
      }),
    );
  });
});

describe('delivery', () => {
  it('pushes everything unless the player wants it otherwise', () => {
    for (const category of categories) expect(deliveryOf(category, defaultPreferences, noon)).toBe('push');
  });

  it('follows the category, and keeps what would be pushed for the list in quiet hours', () => {
    const midnight = Date.parse('2077-01-10T23:00:00Z');
    const set = { categories: { ...defaultPreferences.categories, loot: 'off', social: 'list' } as const, quietHours };
    expect(['progress', 'loot', 'social'].map((category) => deliveryOf(category as 'loot', set, noon))).toEqual([
      'push',
      'off',
      'list',
    ]);
    expect(['progress', 'loot', 'social'].map((category) => deliveryOf(category as 'loot', set, midnight))).toEqual([
      'list',
      'off',
      'list',
    ]);
  });

  it('lets security through at any time', () => {
    const midnight = Date.parse('2077-01-10T23:00:00Z');
    expect(deliveryOf('security', { ...defaultPreferences, quietHours }, midnight)).toBe('push');
  });
});

describe('what a player may set', () => {
  it('fills in what is left out', () => {
    expect(Preferences.parse({ categories: {} })).toEqual(defaultPreferences);
  });

  it.each([
    [{ categories: { security: 'off' } }],
    [{ categories: { operator: 'off' } }],
    [{ categories: { loot: 'never' } }],
    [{ categories: {}, quietHours: { ...quietHours, timeZone: 'Night/City' } }],
    [{ categories: {}, quietHours: { ...quietHours, from: '24:00' } }],
    [{ categories: {}, quietHours: { ...quietHours, from: '7:00' } }],
    [{ categories: {}, quietHours: { from: '22:00', to: '07:00' } }],
  ])('refuses %j', (bad) => {
    expect(Preferences.safeParse(bad).success).toBe(false);
  });
});
