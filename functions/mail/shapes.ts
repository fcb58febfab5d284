import * as z from 'zod';
import { DisplayName, Instant, ItemSummary, MAX_MAIL_ITEMS } from '#events/fields.ts';
import { CharacterId, ItemId, MailId } from '#shared/kernel/ids.ts';
import { Amount, MAX_AMOUNT } from '#shared/kernel/money.ts';
import { mailRules } from './rules.ts';
import { templateIds } from './templates.ts';

/** Money that is really there: nothing is sent, asked or paid as 0. */
export const PositiveAmount = z
  .string()
  .regex(/^[1-9]\d{0,15}$/, { abort: true })
  .refine((text) => BigInt(text) <= MAX_AMOUNT, 'amount is above the limit of one operation')
  .meta({ description: 'Money in minor units, above 0, as a decimal string', examples: ['1250'] });

export const Recipient = z
  .union([
    z.strictObject({ characterName: DisplayName.meta({ description: 'Looked up in the realm that you play in' }) }),
    z.strictObject({ characterId: CharacterId }),
  ])
  .meta({ description: 'A character of your realm' });

const count = z.int().min(1).max(1_000_000).optional();

export const SendBody = z.strictObject({
  to: z.array(Recipient).min(1).max(mailRules.recipients),
  subject: z.string().min(1).max(mailRules.subjectLength),
  body: z.string().max(mailRules.bodyLength).default(''),
  items: z
    .array(z.strictObject({ itemId: ItemId, count: count.meta({ description: 'Of a stack; unset: all of it' }) }))
    .max(mailRules.attachments)
    .default([])
    .meta({ description: 'Out of your bag' }),
  money: PositiveAmount.optional().meta({ description: 'To the recipient' }),
  cod: PositiveAmount.optional().meta({ description: 'The recipient pays it to you for the items' }),
});

/** The number of an attachment in a path. */
export const AttachmentIndexParam = z
  .string()
  .regex(/^(?:\d|1\d|2[0-3])$/)
  .meta({ description: 'Number of the attachment, from 0', examples: ['0'] });

export const Agreement = z.strictObject({
  cod: PositiveAmount.optional().meta({
    description: 'The amount that you agree to pay, where attachments cost something; it must be the one of the mail',
  }),
});

const Person = z.strictObject({
  characterId: CharacterId.optional().meta({ description: 'Unset: the game, or a player who is gone' }),
  name: z.string().min(1).max(64).meta({ description: 'Name at the time of sending' }),
});

/** What of a mail every list shows. */
const head = {
  mailId: MailId,
  subject: z.string().max(160),
  sentAt: Instant,
  expiresAt: Instant,
  returned: z.boolean().meta({ description: 'It came back to its sender' }),
};

export const AttachmentView = ItemSummary.extend({
  index: z
    .int()
    .min(0)
    .max(MAX_MAIL_ITEMS - 1),
  taken: z.boolean(),
});

export const MailSummary = z.strictObject({
  ...head,
  from: Person,
  template: z
    .enum(templateIds)
    .optional()
    .meta({ description: 'Of mails by the game: what it is about; subject and body are in your language' }),
  deliveredAt: Instant,
  read: z.boolean(),
  attachments: z.int().min(0).max(MAX_MAIL_ITEMS).meta({ description: 'How many are left in it' }),
  money: Amount.meta({ description: 'Left in it' }),
  moneyClawedBack: Amount.optional().meta({ description: 'What the staff of the game took out of it' }),
  cod: Amount.meta({ description: 'To be paid before an attachment is taken; 0: nothing' }),
});

export const MailView = MailSummary.omit({ attachments: true }).extend({
  body: z.string().max(1_000),
  attachments: z.array(AttachmentView).max(MAX_MAIL_ITEMS),
});

export const SentMail = z.strictObject({
  ...head,
  to: Person,
  deliverAt: Instant,
  state: z.enum(['under_way', 'delivered', 'returned', 'gone']).meta({ description: '`gone`: deleted, or over' }),
  items: z.array(ItemSummary).max(MAX_MAIL_ITEMS).meta({ description: 'What you put in' }),
  money: Amount,
  cod: Amount,
  codPaid: z.boolean(),
});

export const Sent = z.strictObject({
  mails: z
    .array(
      z.strictObject({
        mailId: MailId,
        to: z.strictObject({ characterId: CharacterId, name: DisplayName }),
        deliverAt: Instant,
        expiresAt: Instant,
      }),
    )
    .max(mailRules.recipients),
  postage: Amount.meta({ description: 'What it has cost' }),
});

export const Taken = z.strictObject({
  mailId: MailId,
  items: z
    .array(AttachmentView.omit({ taken: true }))
    .max(MAX_MAIL_ITEMS)
    .meta({ description: 'In your bag now, as they were in the mail: amounts may have joined stacks of yours' }),
  money: Amount.meta({ description: 'Yours now' }),
  codPaid: Amount.meta({ description: 'What you have paid to the sender by this' }),
  stayed: z
    .array(z.int().min(0))
    .max(MAX_MAIL_ITEMS)
    .meta({ description: 'Numbers of the attachments that your bag has no room for' }),
});
