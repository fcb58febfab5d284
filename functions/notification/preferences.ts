import * as z from 'zod';
import { TimeZone } from '#shared/kernel/time-zone.ts';
import type { Category } from './templates.ts';

const mode = z.enum(['push', 'list', 'off']).default('push').meta({
  description: '`push`: into the list and at once to the sockets; `list`: into the list alone; `off`: not at all',
});

const TimeOfDay = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/)
  .meta({ description: 'Hours and minutes', examples: ['22:30'] });

/** How a player wants to be told of what. Security cannot be silenced, and operators at most kept quiet. */
export const Preferences = z.strictObject({
  categories: z.strictObject({
    account: mode,
    progress: mode,
    loot: mode,
    social: mode,
    operator: z.enum(['push', 'list']).default('push'),
  }),
  quietHours: z
    .strictObject({ from: TimeOfDay, to: TimeOfDay, timeZone: TimeZone })
    .optional()
    .meta({ description: 'In these hours nothing is pushed but security; it waits in the list' }),
});
export type Preferences = z.infer<typeof Preferences>;

export const defaultPreferences: Preferences = {
  categories: { account: 'push', progress: 'push', loot: 'push', social: 'push', operator: 'push' },
};

/** What becomes of a notice of this category now. */
export function deliveryOf(category: Category, preferences: Preferences, nowMs: number): 'push' | 'list' | 'off' {
  if (category === 'security') return 'push';
  const wanted = preferences.categories[category];
  const { quietHours } = preferences;
  return wanted === 'push' && quietHours && isQuiet(quietHours, nowMs) ? 'list' : wanted;
}

/** Whether the wall clock there stands from `from` on, and before `to`, past midnight where `to` is earlier. */
export function isQuiet({ from, to, timeZone }: NonNullable<Preferences['quietHours']>, nowMs: number): boolean {
  const now = minuteOfDay(nowMs, timeZone);
  const [start, end] = [parseTime(from), parseTime(to)];
  return start <= end ? start <= now && now < end : now >= start || now < end;
}

function parseTime(time: string): number {
  const [hours, minutes] = time.split(':').map(Number) as [number, number];
  return hours * 60 + minutes;
}

function minuteOfDay(nowMs: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return parseTime(format.format(nowMs));
}
