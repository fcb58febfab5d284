import { HOUR_MS, MINUTE_MS, toIso } from '#shared/kernel/clock.ts';
import type { Locale } from '#shared/kernel/locale.ts';
import { maskedEmail } from '#shared/kernel/masked-email.ts';
import type { Mail } from '#shared/runtime/mailer.ts';
import { mailTexts } from './data/mail-texts.ts';
import { credentialLimits } from './rules.ts';

const RESET_PATH = '/api/v1/auth/password/reset';
const CONFIRM_PATH = '/api/v1/auth/email/confirm';
const UNDO_PATH = '/api/v1/auth/email/undo';

function mail(to: string, locale: Locale, name: keyof typeof mailTexts, values: Record<string, string> = {}): Mail {
  const { subject, text } = mailTexts[name][locale];
  return { to, subject, text: text.replace(/\{(\w+)\}/g, (whole, word: string) => values[word] ?? whole) };
}

function linkTo(publicUrl: string, path: string, token: string): string {
  return `${publicUrl.replace(/\/$/, '')}${path}?token=${token}`;
}

/** Readable in any language: `2026-11-22 10:50 UTC`. */
function timeText(epochMs: number): string {
  return `${toIso(epochMs).slice(0, 16).replace('T', ' ')} UTC`;
}

export function resetMail(to: string, locale: Locale, publicUrl: string, token: string): Mail {
  const minutes = String(credentialLimits.resetLifeMs / MINUTE_MS);
  return mail(to, locale, 'resetPassword', { link: linkTo(publicUrl, RESET_PATH, token), minutes });
}

export function passwordChangedMail(to: string, locale: Locale, atMs: number): Mail {
  return mail(to, locale, 'passwordChanged', { time: timeText(atMs) });
}

/** To the new address: the link that proves it. */
export function confirmEmailMail(to: string, locale: Locale, publicUrl: string, token: string): Mail {
  const hours = String(credentialLimits.emailChangeLifeMs / HOUR_MS);
  return mail(to, locale, 'confirmEmail', { link: linkTo(publicUrl, CONFIRM_PATH, token), hours });
}

/** To the owner of an address that somebody else wants. */
export function emailTakenMail(to: string, locale: Locale): Mail {
  return mail(to, locale, 'emailTaken');
}

/** To the present address, before anything has changed. */
export function emailChangeAskedMail(to: string, locale: Locale, newEmail: string): Mail {
  return mail(to, locale, 'emailChangeAsked', { newEmail: maskedEmail(newEmail) });
}

/** To the address that the account has left: the link that takes the change back. */
export function emailChangedMail(to: string, locale: Locale, newEmail: string, publicUrl: string, token: string): Mail {
  const hours = String(credentialLimits.undoLifeMs / HOUR_MS);
  const link = linkTo(publicUrl, UNDO_PATH, token);
  return mail(to, locale, 'emailChanged', { newEmail: maskedEmail(newEmail), hours, link });
}

/** To the address that signs in from now on. */
export function passwordAddedMail(to: string, locale: Locale): Mail {
  return mail(to, locale, 'passwordAdded');
}
