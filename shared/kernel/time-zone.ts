import * as z from 'zod';

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** A time zone that this runtime knows. */
export const TimeZone = z
  .string()
  .max(64)
  .regex(/^[A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*$/)
  .refine(isTimeZone, 'is not a time zone')
  .meta({ description: 'IANA time zone', format: 'iana-time-zone', examples: ['Europe/Berlin'] });
