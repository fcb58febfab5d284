import type { Locale } from '#shared/kernel/locale.ts';
import type { Mail } from '#shared/runtime/mailer.ts';
import { type MailTemplate, mailTexts } from './data/mail-texts.ts';

/** The mail that tells an account's owner what was done to their second factor. */
export function securityMail(
  to: string,
  locale: Locale,
  template: MailTemplate,
  /** ISO. */
  occurredAt: string,
  codesLeft = 0,
): Mail {
  const { subject, text } = mailTexts[template][locale];
  const time = `${occurredAt.slice(0, 10)} ${occurredAt.slice(11, 16)}`;
  return { to, subject, text: text.replace('{time}', time).replace('{left}', String(codesLeft)) };
}
