import { Cron } from 'croner';

/** When a schedule is due next. */
export interface ScheduleExpression {
  /** First moment after `afterMs`; undefined when there is none any more. `anchorMs` is where rates count from. */
  next(afterMs: number, anchorMs: number): number | undefined;
}

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const CRON_FIELDS = 6;

/** Parses `rate(…)`, `cron(…)` with AWS's six fields, and `at(…)`. Throws for anything else. */
export function parseScheduleExpression(text: string, timeZone = 'UTC'): ScheduleExpression {
  const [, kind, argument] = /^(rate|cron|at)\((.+)\)$/.exec(text.trim()) ?? [];
  if (kind === 'rate') return parseRate(argument!, text);
  if (kind === 'cron') return parseCron(argument!, timeZone, text);
  if (kind === 'at') return parseAt(argument!, timeZone, text);
  throw new Error(`Schedule expression "${text}": expected rate(…), cron(…) or at(…)`);
}

function parseRate(argument: string, text: string): ScheduleExpression {
  const [, count, unit] = /^(\d+) (minute|hour|day)s?$/.exec(argument) ?? [];
  const periodMs = Number(count) * (unitMs[unit ?? ''] ?? 0);
  if (!(periodMs > 0)) throw new Error(`Schedule expression "${text}": a rate is "<n> minutes", "hours" or "days"`);
  return {
    next: (afterMs, anchorMs) => anchorMs + (Math.max(0, Math.floor((afterMs - anchorMs) / periodMs)) + 1) * periodMs,
  };
}

function parseCron(argument: string, timeZone: string, text: string): ScheduleExpression {
  const fields = argument.trim().split(/\s+/);
  const [, , dayOfMonth, , dayOfWeek] = fields;
  if (fields.length !== CRON_FIELDS)
    throw new Error(`Schedule expression "${text}": AWS cron has six fields, with the year last`);
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new Error(`Schedule expression "${text}": exactly one of day-of-month and day-of-week must be "?"`);
  }
  // AWS counts weekdays from Sunday = 1.
  const cron = new Cron(`0 ${fields.join(' ').replaceAll('?', '*')}`, {
    paused: true,
    timezone: timeZone,
    alternativeWeekdays: true,
    mode: '7-part',
    sloppyRanges: true,
  });
  return { next: (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() };
}

function parseAt(argument: string, timeZone: string, text: string): ScheduleExpression {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(argument))
    throw new Error(`Schedule expression "${text}": at(yyyy-mm-ddThh:mm:ss)`);
  const once = new Cron(argument, { paused: true, timezone: timeZone });
  return { next: (afterMs) => once.nextRun(new Date(afterMs))?.getTime() };
}
