import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { AccountId } from '#shared/kernel/ids.ts';
import { DisplayName } from './fields.ts';

export const FRIEND_REQUEST_SENT = defineEvent({
  name: 'FRIEND_REQUEST_SENT',
  version: 1,
  owner: 'friend',
  summary: 'A player asks another to be friends.',
  detail: z.strictObject({
    fromAccountId: AccountId,
    toAccountId: AccountId,
    fromName: DisplayName.optional().meta({ description: 'What the asked player sees as the sender' }),
  }),
});

export const FRIEND_REQUEST_ACCEPTED = defineEvent({
  name: 'FRIEND_REQUEST_ACCEPTED',
  version: 1,
  owner: 'friend',
  summary: 'Two players are friends now; `from` had asked, `to` has agreed.',
  detail: z.strictObject({
    fromAccountId: AccountId,
    toAccountId: AccountId,
    toName: DisplayName.optional().meta({ description: 'What the asking player sees as the friend' }),
  }),
});
