import type * as z from 'zod';
import { toIso } from '#shared/kernel/clock.ts';
import type { Locale } from '#shared/kernel/locale.ts';
import { formatAmount } from '#shared/kernel/money.ts';
import { attachmentsLeft, codDue, type Mail, type MailItem, moneyLeft } from './mail.ts';
import type { MailSummary, MailView, SentMail } from './shapes.ts';
import { goneName, postOffice, textOf } from './templates.ts';

/** Subject and body as this reader sees them. */
function letterOf({ template, params = {}, subject = '' }: Mail, locale: Locale, body = '') {
  return template ? textOf(template, params, locale) : { subject, body };
}

function senderOf({ from, template }: Mail, locale: Locale): z.input<typeof MailSummary>['from'] {
  if (from) return { characterId: from.characterId, name: from.name };
  return { name: template ? postOffice[locale] : goneName[locale] };
}

function summaryFields(mail: Mail, locale: Locale) {
  return {
    mailId: mail.mailId,
    subject: letterOf(mail, locale).subject,
    sentAt: toIso(mail.sentAtMs),
    expiresAt: toIso(mail.expiresAtMs),
    returned: mail.isReturned,
    from: senderOf(mail, locale),
    ...(mail.template ? { template: mail.template } : {}),
    deliveredAt: toIso(mail.deliverAtMs),
    read: mail.readAtMs !== undefined,
    money: formatAmount(moneyLeft(mail)),
    ...(mail.moneyClawedBack === undefined ? {} : { moneyClawedBack: formatAmount(mail.moneyClawedBack) }),
    cod: formatAmount(codDue(mail)),
  };
}

/** A mail in its owner's list. */
export function summaryOf(mail: Mail, locale: Locale): z.input<typeof MailSummary> {
  return { ...summaryFields(mail, locale), attachments: attachmentsLeft(mail).length };
}

/** A mail as its owner reads it. */
export function viewOf(mail: Mail, locale: Locale, text: string): z.input<typeof MailView> {
  return {
    ...summaryFields(mail, locale),
    body: letterOf(mail, locale, text).body,
    attachments: mail.attachments.map((attachment, index) => ({
      ...itemOf(attachment),
      index,
      taken: attachment.takenAtMs !== undefined,
    })),
  };
}

/** A mail in its sender's list. What the recipient has read or taken is their own business, but for what they paid. */
export function sentOf(mail: Mail, locale: Locale, nowMs: number): z.input<typeof SentMail> {
  return {
    mailId: mail.mailId,
    subject: letterOf(mail, locale).subject,
    sentAt: toIso(mail.sentAtMs),
    expiresAt: toIso(mail.expiresAtMs),
    returned: mail.isReturned,
    to: { name: mail.toName ?? goneName[locale] },
    deliverAt: toIso(mail.deliverAtMs),
    state: stateOf(mail, nowMs),
    items: mail.attachments.map(itemOf),
    money: formatAmount(mail.money ?? mail.moneyClawedBack ?? 0n),
    cod: formatAmount(mail.cod ?? 0n),
    codPaid: mail.codPaidAtMs !== undefined,
  };
}

function stateOf({ status, isReturned, deliverAtMs }: Mail, nowMs: number): z.input<typeof SentMail>['state'] {
  if (isReturned) return 'returned';
  if (status !== 'OPEN') return 'gone';
  return deliverAtMs > nowMs ? 'under_way' : 'delivered';
}

/** An item of a mail as events and replies tell of it. */
export function itemOf({ itemId, templateId, quality, count }: MailItem): MailItem {
  return { itemId, templateId, quality, count };
}
