import * as z from 'zod';
import { Instant } from '#events/fields.ts';
import { EmailAddress } from '#functions/auth/shapes.ts';
import { defineEndpoint, roles } from '#shared/contract/endpoint.ts';
import { AccountId } from '#shared/kernel/ids.ts';
import { nextCursor, pageQuery } from '#shared/runtime/page.ts';
import './errors.ts';
import { accountLimits } from './rules.ts';
import { AuditEntryView, Reason, StaffView } from './shapes.ts';

const params = z.strictObject({ accountId: AccountId });
const moderators = ['moderator', 'gm', 'admin'] as const;

/**
 * What every one of them says: roles are read anew from the table, not believed from the token; and a token alone opens
 * nothing, a second factor has to be shown.
 */
const shared = {
  auth: 'account',
  stepUp: true,
  success: 200,
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
} as const;

export const adminViewAccount = defineEndpoint({
  ...shared,
  id: 'account.admin-view-account',
  method: 'GET',
  path: '/api/v1/admin/accounts/{accountId}',
  summary: 'Look at an account',
  description: 'That you looked is written into its audit. Moderators see no whole e-mail address.',
  roles: moderators,
  params,
  response: StaffView,
  errors: [],
  impact: 'Moderators cannot see whom they deal with.',
  budget: { readUnits: 3, writeUnits: 8 },
});

export const adminFindAccount = defineEndpoint({
  ...shared,
  id: 'account.admin-find-account',
  method: 'POST',
  path: '/api/v1/admin/accounts/find',
  summary: 'Find an account by its e-mail address',
  description: 'That you looked is written into its audit.',
  roles: ['gm', 'admin'],
  body: z.strictObject({ email: EmailAddress, reason: Reason }),
  response: StaffView,
  errors: [],
  impact: 'Support cannot find the account of somebody who writes to it.',
  budget: { readUnits: 5, writeUnits: 8 },
});

export const adminSetRoles = defineEndpoint({
  ...shared,
  id: 'account.admin-set-roles',
  method: 'PUT',
  path: '/api/v1/admin/accounts/{accountId}/roles',
  summary: 'Give and take roles',
  description:
    'The account then holds exactly these, and `player`. Nobody changes their own, so an administrator is always left. ' +
    'Sessions of an account that loses a role end; new roles count from its next token, within 10 minutes. Roles are ' +
    'given to accounts with a second factor only.',
  roles: ['admin'],
  params,
  body: z.strictObject({
    roles: z
      .array(z.enum(roles))
      .max(roles.length)
      .meta({ description: 'All roles that it shall hold', examples: [['moderator']] }),
    reason: Reason,
  }),
  response: z.strictObject({ accountId: AccountId, roles: z.array(z.enum(roles)) }),
  errors: ['account.own_account', 'account.closed', 'account.second_factor_missing'],
  impact: 'Administrators cannot give or take roles.',
  budget: { readUnits: 24, writeUnits: 120 },
});

export const adminBan = defineEndpoint({
  ...shared,
  id: 'account.admin-ban',
  method: 'POST',
  path: '/api/v1/admin/accounts/{accountId}/ban',
  summary: 'Ban an account',
  description:
    'Ends its sessions at once and refuses logins until then; without `until`, for good. Banning again sets the new end. ' +
    'Nobody bans whoever stands as high as themselves; administrators ban anybody else.',
  roles: moderators,
  params,
  body: z.strictObject({
    until: Instant.optional().meta({
      description: `In the future, at most ${accountLimits.longestBanMs / 86_400_000} days; unset: for good`,
      examples: ['2027-06-01T00:00:00.000Z'],
    }),
    reason: Reason,
  }),
  response: StaffView,
  errors: ['account.own_account', 'account.outranked', 'account.closed'],
  impact: 'Moderators cannot ban cheaters.',
  budget: { readUnits: 24, writeUnits: 120 },
});

export const adminUnban = defineEndpoint({
  ...shared,
  id: 'account.admin-unban',
  method: 'POST',
  path: '/api/v1/admin/accounts/{accountId}/unban',
  summary: 'Lift a ban',
  roles: moderators,
  params,
  body: z.strictObject({ reason: Reason }),
  response: StaffView,
  errors: ['account.own_account', 'account.outranked', 'account.not_banned'],
  impact: 'Bans that were a mistake cannot be lifted.',
  budget: { readUnits: 4, writeUnits: 24 },
});

export const adminListAudit = defineEndpoint({
  ...shared,
  id: 'account.admin-list-audit',
  method: 'GET',
  path: '/api/v1/admin/accounts/{accountId}/audit',
  summary: 'See what staff have done to an account, newest first',
  description: 'Kept for good, also when the account is erased.',
  roles: moderators,
  params,
  query: pageQuery,
  response: z.strictObject({ entries: z.array(AuditEntryView), nextCursor }),
  errors: [],
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Nobody can check what staff did.',
  budget: { readUnits: 24, writeUnits: 0 },
});

export const adminEndpoints = [
  adminViewAccount,
  adminFindAccount,
  adminSetRoles,
  adminBan,
  adminUnban,
  adminListAudit,
] as const;
