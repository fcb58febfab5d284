import * as z from 'zod';
import { mergeChanges } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { AccountId, CharacterId, deriveId, MailId } from '#shared/kernel/ids.ts';
import { Amount, formatAmount, parseAmount } from '#shared/kernel/money.ts';
import { defineSettlement } from '#shared/settlement/define-settlement.ts';
import { attachmentsLeft, type Mail } from './mail.ts';
import { end, send, take, unpin } from './mail-changes.ts';
import { type MailRow, mailOf } from './row.ts';
import type { Sent, Taken } from './shapes.ts';
import { freePlace, uncountSent } from './store-counters.ts';
import { systemMail } from './system-mail.ts';
import { itemOf } from './view.ts';

const Person = z.strictObject({ accountId: AccountId, characterId: CharacterId, name: z.string() });

const SendContext = z.strictObject({
  from: Person,
  to: z.array(Person.extend({ mailId: MailId, deliverAtMs: z.int(), expiresAtMs: z.int() })),
  subject: z.string(),
  body: z.string(),
  money: Amount,
  cod: Amount,
  postage: Amount.meta({ description: 'For all recipients together' }),
  sentAtMs: z.int(),
  /** Whose counter has counted the mails. */
  day: z.string(),
});
export type SendContext = z.infer<typeof SendContext>;

/** Sending: what is attached goes into the mail, postage is gone, and the mail is written when both are certain. */
export const mailSending = defineSettlement({
  name: 'mail-send',
  context: SendContext,
  delivered: ({ transactionId, context, items, atMs }) => {
    const mails = context.to.map((to): Mail => {
      const { mailId, accountId, characterId, name, deliverAtMs, expiresAtMs } = to;
      const [money, cod] = [parseAmount(context.money), parseAmount(context.cod)];
      return {
        mailId,
        status: 'OPEN',
        owner: { accountId, characterId },
        from: context.from,
        toName: name,
        subject: context.subject,
        hasText: context.body !== '',
        attachments: items.map(itemOf),
        ...(money > 0n ? { money } : {}),
        ...(cod > 0n ? { cod } : {}),
        sentAtMs: context.sentAtMs,
        deliverAtMs,
        expiresAtMs,
        isAnnounced: deliverAtMs <= atMs,
        isReturned: false,
        isCounted: true,
        extensions: 0,
        version: 1,
      };
    });
    const postage = parseAmount(context.postage) / BigInt(mails.length);
    const reply: z.input<typeof Sent> = {
      mails: context.to.map(({ mailId, characterId, name, deliverAtMs, expiresAtMs }) => ({
        mailId,
        to: { characterId, name },
        deliverAt: toIso(deliverAtMs),
        expiresAt: toIso(expiresAtMs),
      })),
      postage: context.postage,
    };
    return {
      changes: mergeChanges(...mails.map((mail) => send(mail, { postage, transactionId, text: context.body }))),
      reply,
    };
  },
  returned: ({ context: { from, to, day }, atMs }) => ({
    changes: {
      writes: [
        ...to.map(({ characterId }) => freePlace(characterId)),
        uncountSent(from.accountId, day, to.length, atMs),
      ],
    },
  }),
});

const StoredMail = z.custom<MailRow>((value) => typeof value === 'object' && value !== null && 'mailId' in value);

const TakeContext = z.strictObject({
  mail: StoredMail,
  indexes: z.array(z.int().min(0)),
  money: Amount,
  cod: Amount,
  stayed: z.array(z.int().min(0)),
});
export type TakeContext = z.infer<typeof TakeContext>;

/** Taking: items go into the bag, the mail's money to its owner, and payment on delivery, by another mail, to the sender. */
export const mailTaking = defineSettlement({
  name: 'mail-take',
  context: TakeContext,
  delivered: ({ transactionId, context, atMs }) => {
    const mail = mailOf(context.mail);
    const [money, cod] = [parseAmount(context.money), parseAmount(context.cod)];
    const attachments = attachmentsLeft(mail).filter(({ index }) => context.indexes.includes(index));
    const settled = money > 0n || cod > 0n ? { transactionId } : {};
    const taking = { attachments, money, cod, stayed: context.stayed };
    const { from, subject = '', toName = '' } = mail;
    const payment =
      cod > 0n && from
        ? systemMail({
            mailId: deriveId('mal', transactionId, 'cod'),
            to: from,
            template: 'mail.cod_paid',
            params: { subject, name: toName },
            money: cod,
            sentAtMs: atMs,
            transactionId,
          })
        : {};
    const reply: z.input<typeof Taken> = {
      mailId: mail.mailId,
      items: attachments.map((attachment) => ({ ...itemOf(attachment), index: attachment.index })),
      money: formatAmount(money),
      codPaid: formatAmount(cod),
      stayed: context.stayed,
    };
    return { changes: mergeChanges(take(mail, taking, { nowMs: atMs, ...settled }), payment), reply };
  },
  returned: ({ context }) => ({ changes: unpin(mailOf(context.mail)) }),
});

const EndContext = z.strictObject({
  mail: StoredMail,
  reason: z.enum(['expired', 'recipient_gone', 'sender_gone']),
});

/** The end of a mail that still holds something: it goes to the sinks. Nobody would ask for it again, so it is completed. */
export const mailEnding = defineSettlement({
  name: 'mail-end',
  context: EndContext,
  whenInDoubt: 'complete',
  delivered: ({ transactionId, context: { mail, reason }, atMs }) => ({
    changes: end(mailOf(mail), reason, { nowMs: atMs, transactionId }),
    reply: null,
  }),
  returned: ({ context }) => ({ changes: unpin(mailOf(context.mail)) }),
});
