import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { MailId, TransactionId } from '#shared/kernel/ids.ts';
import { CharacterRef, CurrencyAmount, Instant, ItemSummary, MAX_MAIL_ITEMS, ReasonCode } from './fields.ts';

const items = z.array(ItemSummary).max(MAX_MAIL_ITEMS);
const sender = CharacterRef.optional().meta({ description: 'Unset: the game itself' });
const transactionId = TransactionId.optional().meta({ description: 'The settlement that moved its money' });

export const MAIL_SENT = defineEvent({
  name: 'MAIL_SENT',
  version: 1,
  owner: 'mail',
  summary: 'A mail is under way; its recipient sees it from `deliverAt` on.',
  detail: z.strictObject({
    mailId: MailId,
    from: sender,
    to: CharacterRef,
    template: ReasonCode.optional().meta({ description: 'Of mails by the game: what it is about' }),
    items,
    money: CurrencyAmount.optional(),
    cod: CurrencyAmount.optional().meta({ description: 'What the recipient pays for the items' }),
    postage: CurrencyAmount.optional().meta({ description: 'What sending it has cost' }),
    deliverAt: Instant,
    expiresAt: Instant,
    transactionId,
  }),
});

export const MAIL_TAKEN = defineEvent({
  name: 'MAIL_TAKEN',
  version: 1,
  owner: 'mail',
  summary: 'A player has taken something out of a mail.',
  detail: z.strictObject({
    mailId: MailId,
    by: CharacterRef,
    from: sender,
    items,
    money: CurrencyAmount.optional(),
    codPaid: CurrencyAmount.optional().meta({ description: 'Paid to the sender by this' }),
    transactionId,
  }),
});

export const MAIL_RETURNED = defineEvent({
  name: 'MAIL_RETURNED',
  version: 1,
  owner: 'mail',
  summary: 'A mail has gone back to its sender with all that was left in it.',
  detail: z.strictObject({
    mailId: MailId,
    from: CharacterRef.meta({ description: 'Whose box it lay in' }),
    to: CharacterRef.meta({ description: 'Its sender, in whose box it lies now' }),
    reason: z.enum(['declined', 'expired', 'recipient_gone']),
    items,
    money: CurrencyAmount.optional(),
    expiresAt: Instant,
  }),
});

export const MAIL_EXPIRED = defineEvent({
  name: 'MAIL_EXPIRED',
  version: 1,
  owner: 'mail',
  summary: 'A mail is gone; what was left in it went to sinks, from where it can be restored.',
  detail: z.strictObject({
    mailId: MailId,
    owner: CharacterRef.meta({ description: 'Whose box it lay in' }),
    from: sender,
    reason: z.enum(['expired', 'recipient_gone', 'sender_gone']),
    items,
    money: CurrencyAmount.optional(),
    transactionId,
  }),
});
