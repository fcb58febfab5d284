import { DAY_MS, HOUR_MS, SECOND_MS } from '#shared/kernel/clock.ts';

export const ticketLimits = {
  /** From the answer to the use on a socket. */
  lifeMs: 30 * SECOND_MS,
} as const;

export const registrationLimits = {
  /** How long a mailed link works. */
  lifeMs: DAY_MS,
  /** How long a wish for another mail is good for: it is sent within seconds, or not at all. */
  resendLifeMs: HOUR_MS,
} as const;

/** Nobody's mailbox is to be filled by others' registrations. */
export const mailLimits = {
  perWindow: 5,
  windowMs: HOUR_MS,
} as const;

export const passwordLimits = { minCharacters: 8, maxCharacters: 128 } as const;
