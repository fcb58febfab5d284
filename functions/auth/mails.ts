import { HOUR_MS, toIso } from '#shared/kernel/clock.ts';
import type { Locale } from '#shared/kernel/locale.ts';
import type { Mail } from '#shared/runtime/mailer.ts';
import { mailTexts } from './data/mail-texts.ts';
import { registrationLimits } from './rules.ts';

/** Path of the link in the confirmation mail. */
const VERIFY_PATH = '/api/v1/auth/verify-email';

/** The mail that proves an address. */
export function verificationMail(to: string, locale: Locale, publicUrl: string, token: string): Mail {
  const { subject, text } = mailTexts.verifyEmail[locale];
  const link = `${publicUrl.replace(/\/$/, '')}${VERIFY_PATH}?token=${token}`;
  const hours = String(registrationLimits.lifeMs / HOUR_MS);
  return { to, subject, text: text.replace('{link}', link).replace('{hours}', hours) };
}

/** The mail to somebody who has an account, about a registration that will come to nothing. */
export function alreadyRegisteredMail(to: string, locale: Locale): Mail {
  return { to, ...mailTexts.alreadyRegistered[locale] };
}

/** The mail to somebody whose account was logged in to from a device that it did not know. */
export function newDeviceMail(
  to: string,
  locale: Locale,
  seen: { readonly device: string; readonly network: string | undefined; readonly atMs: number },
): Mail {
  const { subject, text } = mailTexts.newDevice[locale];
  const values: Record<string, string> = {
    device: seen.device,
    network: seen.network ?? '',
    time: `${toIso(seen.atMs).slice(0, 16).replace('T', ' ')} UTC`,
  };
  return { to, subject, text: text.replace(/\{(\w+)\}/g, (whole, word: string) => values[word] ?? whole) };
}
