import * as z from 'zod';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { CHARACTER_PURGED } from '#events/character.ts';
import { inventoryErrors } from '#functions/inventory/errors.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineJob } from '#shared/contract/job.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { MailId } from '#shared/kernel/ids.ts';
import { nextCursor, pageQuery } from '#shared/runtime/page.ts';
import { mailErrors } from './errors.ts';
import { MailSummary, MailView, SentMail } from './shapes.ts';
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
  budget: { readUnits: 24, writeUnits: 0 },
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
  budget: { readUnits: 40, writeUnits: 0 },
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
  budget: { readUnits: 24, writeUnits: 0 },
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
  budget: { readUnits: 3, writeUnits: 0 },
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
  budget: { readUnits: 3, writeUnits: 20 },
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
  budget: { readUnits: 3, writeUnits: 24 },
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
  budget: { readUnits: 6, writeUnits: 40 },
  needs: { table: 'write' },
  impact: 'Players cannot return mail.',
});

export const release = defineSubscriber({
  id: 'mail.release',
  on: [CHARACTER_PURGED, ACCOUNT_ERASED],
  needs: { table: 'write' },
  timeoutSeconds: 60,
  impact: 'Mail of purged characters lies until it expires, and names of erased players stay in the mail of others.',
});

export const runDue = defineJob({
  id: 'mail.run-due',
  schedule: 'rate(5 minutes)',
  needs: { table: 'write' },
  timeoutSeconds: 240,
  impact: 'Players are not told of delayed mail, and mail that is over does not go back.',
});

export const domain = defineDomain({
  name: 'mail',
  summary: 'Mail between characters and from the game: letters, items, money, payment on delivery.',
  errors: mailErrors,
  foreignErrors: [inventoryErrors],
  endpoints: [list, countUnread, listSent, view, markRead, remove, returnToSender],
  subscribers: [release],
  jobs: [runDue],
  topics: [mailTopic],
});
