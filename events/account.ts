import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { AccountId, CharacterId } from '#shared/kernel/ids.ts';

const Roles = z
  .array(z.enum(['player', 'moderator', 'gm', 'admin']))
  .max(4)
  .meta({ description: 'All roles that the account holds' });

export const ACCOUNT_DELETION_REQUESTED = defineEvent({
  name: 'ACCOUNT_DELETION_REQUESTED',
  version: 1,
  owner: 'account',
  summary: 'A player has deleted their account: it is closed now and erased later, unless they restore it.',
  detail: z.strictObject({
    accountId: AccountId,
    eraseAt: z.iso.datetime().meta({ description: 'When its personal data will be erased' }),
  }),
});

export const ACCOUNT_RESTORED = defineEvent({
  name: 'ACCOUNT_RESTORED',
  version: 1,
  owner: 'account',
  summary: 'A player has taken the deletion of their account back.',
  detail: z.strictObject({ accountId: AccountId }),
});

export const ACCOUNT_ERASED = defineEvent({
  name: 'ACCOUNT_ERASED',
  version: 1,
  owner: 'account',
  summary: 'An account is gone for good: every domain erases what it holds about this person.',
  detail: z.strictObject({
    accountId: AccountId,
    characterIds: z
      .array(CharacterId)
      .max(100)
      .meta({ description: 'Its characters, so that nobody has to find them while they are being erased' }),
  }),
});

export const ACCOUNT_ROLES_CHANGED = defineEvent({
  name: 'ACCOUNT_ROLES_CHANGED',
  version: 1,
  owner: 'account',
  summary: 'An administrator has changed what an account may do.',
  detail: z.strictObject({ accountId: AccountId, roles: Roles, before: Roles }),
});

export const ACCOUNT_BANNED = defineEvent({
  name: 'ACCOUNT_BANNED',
  version: 1,
  owner: 'account',
  summary: 'An account may not be used for a while, or for good; the reason stands in its audit.',
  detail: z.strictObject({
    accountId: AccountId,
    until: z.iso.datetime().optional().meta({ description: 'Unset: for good' }),
  }),
});

export const ACCOUNT_UNBANNED = defineEvent({
  name: 'ACCOUNT_UNBANNED',
  version: 1,
  owner: 'account',
  summary: "An account's ban was lifted before its end.",
  detail: z.strictObject({ accountId: AccountId }),
});
