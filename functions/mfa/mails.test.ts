import { describe, expect, it } from 'vitest';
import { locales } from '#shared/kernel/locale.ts';
import { type MailTemplate, mailTexts } from './data/mail-texts.ts';
import { securityMail } from './mails.ts';

const cases = (Object.keys(mailTexts) as MailTemplate[]).flatMap((template) =>
  locales.map((locale) => [template, locale] as const),
);

describe('a security mail', () => {
  it.each(cases)('%s in %s says when it was, and leaves nothing to be filled in', (template, locale) => {
    const mail = securityMail('v@example.com', locale, template, '2026-11-22T09:08:07.654Z', 3);
    expect(mail.to).toBe('v@example.com');
    expect(mail.text).toContain('2026-11-22 09:08 UTC');
    expect(`${mail.subject}${mail.text}`).not.toMatch(/[{}]/);
    expect(/\p{Script=Cyrillic}/u.test(mail.subject)).toBe(locale === 'ru');
  });

  it('about a recovery code says how many are left', () => {
    for (const locale of locales) {
      expect(securityMail('v@example.com', locale, 'recoveryCodeUsed', '2026-11-22T09:08:07.654Z', 3).text).toMatch(
        /: 3\./,
      );
    }
  });
});
