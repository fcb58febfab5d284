import * as z from 'zod';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint, roles } from '#shared/contract/endpoint.ts';
import { AccountId } from '#shared/kernel/ids.ts';
import { LocaleCode } from '#shared/kernel/locale.ts';
import { AccountDisplayName, accountStatuses } from './rules.ts';

const AccountView = z.strictObject({
  accountId: AccountId,
  email: z
    .string()
    .optional()
    .meta({ description: 'Address of this account, as its owner wrote it; a guest has none' }),
  displayName: AccountDisplayName,
  locale: LocaleCode,
  status: z.enum(accountStatuses),
  roles: z.array(z.enum(roles)),
  createdAt: z.iso.datetime(),
});

export const viewAccount = defineEndpoint({
  id: 'account.view-account',
  method: 'GET',
  path: '/api/v1/account',
  summary: 'Get your account',
  auth: 'account',
  success: 200,
  response: AccountView,
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot see their account.',
  budget: { readUnits: 1, writeUnits: 0 },
});

export const updateAccount = defineEndpoint({
  id: 'account.update-account',
  method: 'PATCH',
  path: '/api/v1/account',
  summary: 'Change your display name or language',
  description: 'What is left out stays as it is.',
  auth: 'account',
  body: z
    .strictObject({ displayName: AccountDisplayName.optional(), locale: LocaleCode.optional() })
    .refine((body) => Object.keys(body).length > 0, 'names nothing to change')
    .meta({ examples: [{ displayName: 'Vesper', locale: 'en' }] }),
  success: 200,
  response: AccountView,
  errors: [],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players cannot change their display name or language.',
  budget: { readUnits: 3, writeUnits: 8 },
});

export const domain = defineDomain({
  name: 'account',
  summary: 'The account: profile, status, roles.',
  endpoints: [viewAccount, updateAccount],
});
