import * as z from 'zod';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { CHARACTER_PURGED } from '#events/character.ts';
import { inventoryErrors } from '#functions/inventory/errors.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineJob } from '#shared/contract/job.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { MailId } from '#shared/kernel/ids.ts';
import { ledgerErrors } from '#shared/ledger/errors.ts';
import { nextCursor, pageQuery } from '#shared/runtime/page.ts';
import { settlementErrors } from '#shared/settlement/errors.ts';
import { mailErrors } from './errors.ts';
import { mailRules } from './rules.ts';
import { Agreement, AttachmentIndexParam, MailSummary, MailView, SendBody, Sent, SentMail, Taken } from './shapes.ts';
import { mailTopic } from './topics.ts';

const mailParams = z.strictObject({ mailId: MailId });
const flag = z.enum(['true', 'false']).default('false');

export const list = defineEndpoint({
  id: 'mail.list',
  method: 'GET',
  path: '/api/v1/mail',
  summary: "List the selected character's mail, newest first",
  description:
    'Mail by players lives 30 days, or 3 with payment on delivery; then it goes back, once. What arrived a moment ago may take a second to appear. With a filter, a page may be short although there is more.',
  auth: 'character',
  query: pageQuery.extend({
    unread: flag.meta({ description: 'Only what was not read' }),
    withAttachments: flag.meta({ description: 'Only what still holds items or money' }),
  }),
  success: 200,
  response: z.strictObject({ mails: z.array(MailSummary), nextCursor }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  budget: { readUnits: 32, writeUnits: 0 },
  needs: { table: 'read' },
  impact: 'Players do not see their mail.',
});

export const countUnread = defineEndpoint({
  id: 'mail.count-unread',
  method: 'GET',
  path: '/api/v1/mail/unread',
  summary: 'Count what the selected character has not read',
  description: 'Among the newest 200.',
  auth: 'character',
  success: 200,
  response: z.strictObject({
    unread: z.int().min(0).max(200),
    withAttachments: z.int().min(0).max(200).meta({ description: 'How many still hold items or money' }),
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  budget: { readUnits: 54, writeUnits: 0 },
  needs: { table: 'read' },
  impact: 'Players do not see that they have mail.',
});

export const listSent = defineEndpoint({
  id: 'mail.list-sent',
  method: 'GET',
  path: '/api/v1/mail/sent',
  summary: 'List what the selected character has sent, newest first',
  description: 'Kept until 30 days after a mail has ended.',
  auth: 'character',
  query: pageQuery,
  success: 200,
  response: z.strictObject({ mails: z.array(SentMail), nextCursor }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  budget: { readUnits: 32, writeUnits: 0 },
  needs: { table: 'read' },
  impact: 'Players do not see what they have sent.',
});

export const view = defineEndpoint({
  id: 'mail.view',
  method: 'GET',
  path: '/api/v1/mail/{mailId}',
  summary: 'Get a mail, without marking it as read',
  auth: 'character',
  params: mailParams,
  success: 200,
  response: MailView,
  errors: ['mail.not_found'],
  idempotency: 'none',
  rate: 'read',
  budget: { readUnits: 4, writeUnits: 0 },
  needs: { table: 'read' },
  impact: 'Players cannot read their mail.',
});

export const markRead = defineEndpoint({
  id: 'mail.mark-read',
  method: 'POST',
  path: '/api/v1/mail/{mailId}/read',
  summary: 'Mark a mail as read',
  description: 'Again, it changes nothing.',
  auth: 'character',
  params: mailParams,
  success: 200,
  response: MailView,
  errors: ['mail.not_found'],
  idempotency: 'none',
  rate: 'write',
  budget: { readUnits: 4, writeUnits: 8 },
  needs: { table: 'write' },
  impact: 'Read mail stays marked as unread.',
});

export const remove = defineEndpoint({
  id: 'mail.remove',
  method: 'DELETE',
  path: '/api/v1/mail/{mailId}',
  summary: 'Delete a mail',
  description: 'Only one that holds nothing: take what is in it, or return it.',
  auth: 'character',
  params: mailParams,
  success: 204,
  errors: ['mail.not_found', 'mail.not_empty', 'mail.busy'],
  idempotency: 'none',
  rate: 'write',
  budget: { readUnits: 4, writeUnits: 16 },
  needs: { table: 'write' },
  impact: 'Players cannot delete mail.',
});

export const returnToSender = defineEndpoint({
  id: 'mail.return-to-sender',
  method: 'POST',
  path: '/api/v1/mail/{mailId}/return',
  summary: 'Send a mail back',
  description: 'With all that is left in it, at once; nothing is to be paid for it any more. It comes back only once.',
  auth: 'character',
  params: mailParams,
  success: 204,
  errors: ['mail.not_found', 'mail.not_returnable', 'mail.busy'],
  idempotency: 'key',
  rate: 'write',
  budget: { readUnits: 6, writeUnits: 36 },
  needs: { table: 'write' },
  impact: 'Players cannot return mail.',
});

export const send = defineEndpoint({
  id: 'mail.send',
  method: 'POST',
  path: '/api/v1/mail',
  summary: 'Send a mail',
  description:
    `Who sends others more than ${mailRules.stepUpAboveMinor}, by money and what vendors pay, needs a step-up of the last minutes (\`POST /api/v1/auth/step-up\`). ` +
    'Postage is 30 for a letter, or for each attachment; 100 mails a day. A letter without value may go to 10, and arrives at once. Items and money go to one recipient: at once to your own characters, to others after an hour. What is not taken within 30 days comes back; with payment on delivery, within 3. Nothing is paid and nothing leaves your bag when a recipient is unknown, takes no mail from you, or has a full box.',
  auth: 'character',
  body: SendBody,
  success: 201,
  response: Sent,
  errors: [
    'mail.recipient_not_found',
    'mail.self',
    'mail.duplicate_recipient',
    'mail.value_to_many',
    'mail.duplicate_item',
    'mail.cod_without_items',
    'mail.cod_with_money',
    'mail.text_empty',
    'mail.text_refused',
    'mail.box_full',
    'mail.too_many_today',
    'inventory.item_not_found',
    'inventory.not_enough',
    'inventory.item_bound',
    'inventory.item_timed',
    'inventory.item_expired',
    'inventory.full',
    'ledger.insufficient_funds',
    'settlement.aborted',
    'auth.step_up_required',
    'auth.second_factor_required',
  ],
  idempotency: 'key',
  settles: true,
  rate: 'value',
  budget: { readUnits: 58, writeUnits: 200 },
  needs: { table: 'write', ledger: true },
  impact: 'Players cannot send mail.',
});

const takeErrors = [
  'mail.not_found',
  'mail.busy',
  'mail.nothing_to_take',
  'mail.cod_unpaid',
  'inventory.item_not_found',
  'inventory.item_expired',
  'inventory.full',
  'ledger.insufficient_funds',
  'ledger.balance_limit',
  'settlement.aborted',
] as const;

export const takeAttachment = defineEndpoint({
  id: 'mail.take-attachment',
  method: 'POST',
  path: '/api/v1/mail/{mailId}/attachments/{index}/take',
  summary: 'Take an attachment out of a mail',
  description:
    'Where the attachments cost something, the first one that is taken pays for all; say which amount you agree to. An attachment that was taken before is answered again, and given once.',
  auth: 'character',
  params: mailParams.extend({ index: AttachmentIndexParam }),
  body: Agreement,
  success: 200,
  response: Taken,
  errors: [...takeErrors, 'mail.attachment_not_found'],
  idempotency: 'key',
  settles: true,
  rate: 'value',
  budget: { readUnits: 24, writeUnits: 64 },
  needs: { table: 'write', ledger: true },
  impact: 'Players cannot take attachments.',
});

export const takeMoney = defineEndpoint({
  id: 'mail.take-money',
  method: 'POST',
  path: '/api/v1/mail/{mailId}/money/take',
  summary: 'Take the money out of a mail',
  description: 'Money that was taken before is answered again, and given once.',
  auth: 'character',
  params: mailParams,
  success: 200,
  response: Taken,
  errors: takeErrors,
  idempotency: 'key',
  settles: true,
  rate: 'value',
  budget: { readUnits: 8, writeUnits: 44 },
  needs: { table: 'write', ledger: true },
  impact: 'Players cannot take money out of mail.',
});

export const takeAll = defineEndpoint({
  id: 'mail.take-all',
  method: 'POST',
  path: '/api/v1/mail/{mailId}/take',
  summary: 'Take everything out of a mail',
  description:
    'Money, and as many attachments as the bag has room for, the first ones first; the answer says which stayed. All in one decision. Where attachments cost something, say which amount you agree to pay for them.',
  auth: 'character',
  params: mailParams,
  body: Agreement,
  success: 200,
  response: Taken,
  errors: takeErrors,
  idempotency: 'key',
  settles: true,
  rate: 'value',
  budget: { readUnits: 64, writeUnits: 300 },
  needs: { table: 'write', ledger: true },
  impact: 'Players cannot take everything out of a mail at once.',
});

export const release = defineSubscriber({
  id: 'mail.release',
  on: [CHARACTER_PURGED, ACCOUNT_ERASED],
  needs: { table: 'write', ledger: true },
  timeoutSeconds: 60,
  impact: 'Mail of purged characters lies until it expires, and names of erased players stay in the mail of others.',
});

export const runDue = defineJob({
  id: 'mail.run-due',
  schedule: 'rate(5 minutes)',
  needs: { table: 'write', ledger: true },
  timeoutSeconds: 240,
  impact: 'Players are not told of delayed mail, and mail that is over does not go back.',
});

export const domain = defineDomain({
  name: 'mail',
  summary: 'Mail between characters and from the game: letters, items, money, payment on delivery.',
  errors: mailErrors,
  foreignErrors: [inventoryErrors, ledgerErrors, settlementErrors],
  endpoints: [
    send,
    list,
    countUnread,
    listSent,
    view,
    markRead,
    takeAttachment,
    takeMoney,
    takeAll,
    returnToSender,
    remove,
  ],
  subscribers: [release],
  jobs: [runDue],
  topics: [mailTopic],
});
