/** How often something starts afresh. */
export type Period = 'daily' | 'weekly';

/** The day turns at this hour of the realm's own time, not at midnight. */
const RESET_HOUR = 6;
/** And the week with it on this day: Wednesday, where Sunday is 0. */
const RESET_WEEKDAY = 3;
const DAY_MS = 86_400_000;

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    const parts = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit' } as const;
    formatter = new Intl.DateTimeFormat('en-GB', { timeZone, hourCycle: 'h23', ...parts });
    formatters.set(timeZone, formatter);
  }
  return formatter;
}

/**
 * Names the day or week that an instant belongs to on the realm's clock: `daily-2026-11-22`, or `weekly-2026-11-18` after the day
 * on which that week began. Stored beside what may be done once in it; nothing has to be reset, because another key
 * means another period. The wall clock decides, so that a change to or from summer time moves nothing.
 * @param timeZone IANA name, such as `Europe/Berlin`.
 */
export function periodKey(period: Period, timeZone: string, epochMs: number): string {
  const parts = formatterOf(timeZone).formatToParts(epochMs);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((one) => one.type === type)!.value);
  // Calendar arithmetic on a date without a zone, where every day has 24 hours.
  let date = Date.UTC(part('year'), part('month') - 1, part('day'));
  if (part('hour') < RESET_HOUR) date -= DAY_MS;
  if (period === 'weekly') date -= ((new Date(date).getUTCDay() - RESET_WEEKDAY + 7) % 7) * DAY_MS;
  return `${period}-${new Date(date).toISOString().slice(0, 10)}`;
}

/** Longest period, with the hour that summer time may add. */
const LONGEST_MS: Readonly<Record<Period, number>> = { daily: 25 * 3_600_000, weekly: 7 * DAY_MS + 3_600_000 };
const MINUTE_MS = 60_000;

/** The instant at which the period that an instant belongs to ends, to the minute. */
export function periodEndMs(period: Period, timeZone: string, epochMs: number): number {
  const key = periodKey(period, timeZone, epochMs);
  // Periods end on full minutes in every time zone: the first one with another key is searched by halves.
  let last = Math.floor(epochMs / MINUTE_MS);
  let first = last + LONGEST_MS[period] / MINUTE_MS;
  while (first - last > 1) {
    const middle = Math.floor((last + first) / 2);
    if (periodKey(period, timeZone, middle * MINUTE_MS) === key) last = middle;
    else first = middle;
  }
  return first * MINUTE_MS;
}
