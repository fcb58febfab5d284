import * as z from 'zod';
import { ACCOUNT_BANNED, ACCOUNT_DELETION_REQUESTED, ACCOUNT_ERASED } from '#events/account.ts';
import { Instant } from '#events/fields.ts';
import { authErrors } from '#functions/auth/errors.ts';
import { DeviceToken, EmailAddress, Password, ProofOfWork } from '#functions/auth/shapes.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineJob } from '#shared/contract/job.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { AccountId } from '#shared/kernel/ids.ts';
import { adminEndpoints } from './admin-contract.ts';
import { accountErrors } from './errors.ts';
import { exportData } from './export-contract.ts';
import { Privacy } from './privacy.ts';
import { accountStatuses } from './rules.ts';
import { AccountView, ConsentDocument, ConsentsView, DocumentVersion, ProfileChange, PublicProfile } from './shapes.ts';

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
  summary: 'Change your profile',
  description: 'What is left out stays as it is. An empty `bio` removes it.',
  auth: 'account',
  body: ProfileChange,
  success: 200,
  response: AccountView,
  errors: [],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players cannot change their profile or language.',
  budget: { readUnits: 3, writeUnits: 8 },
});

export const viewProfile = defineEndpoint({
  id: 'account.view-profile',
  method: 'GET',
  path: '/api/v1/account/{accountId}/profile',
  summary: "See a player's profile",
  description: 'A player who hides their profile, whose account is closed, and one that there is not answer alike.',
  auth: 'account',
  params: z.strictObject({ accountId: AccountId }),
  success: 200,
  response: PublicProfile,
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: "Players cannot see each other's profiles.",
  budget: { readUnits: 2, writeUnits: 0 },
});

export const viewPrivacy = defineEndpoint({
  id: 'account.view-privacy',
  method: 'GET',
  path: '/api/v1/account/privacy',
  summary: 'See who may see and reach you',
  auth: 'account',
  success: 200,
  response: Privacy,
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot see their privacy settings.',
  budget: { readUnits: 1, writeUnits: 0 },
});

export const setPrivacy = defineEndpoint({
  id: 'account.set-privacy',
  method: 'PUT',
  path: '/api/v1/account/privacy',
  summary: 'Choose who may see and reach you',
  description: 'Holds from the next attempt to reach you. Friends that you have stay friends.',
  auth: 'account',
  body: Privacy,
  success: 200,
  response: Privacy,
  errors: [],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players cannot shut others out.',
  budget: { readUnits: 1, writeUnits: 6 },
});

export const viewConsents = defineEndpoint({
  id: 'account.view-consents',
  method: 'GET',
  path: '/api/v1/account/consents',
  summary: 'See what you have agreed to',
  auth: 'account',
  success: 200,
  response: ConsentsView,
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot see what they have agreed to.',
  budget: { readUnits: 10, writeUnits: 0 },
});

export const setConsents = defineEndpoint({
  id: 'account.set-consents',
  method: 'PUT',
  path: '/api/v1/account/consents',
  summary: 'Agree to documents, or withdraw',
  description:
    'Documents that are left out stay as they are. Only the current version of a text can be answered; what the account ' +
    'rests on can be withdrawn only by deleting the account.',
  auth: 'account',
  body: z.strictObject({
    consents: z
      .array(z.strictObject({ document: ConsentDocument, version: DocumentVersion, given: z.boolean() }))
      .min(1)
      .max(4)
      .meta({
        description: 'Each document once',
        examples: [[{ document: 'marketing', version: '2026-11-01', given: true }]],
      }),
  }),
  success: 200,
  response: ConsentsView,
  errors: ['account.consent_outdated', 'account.consent_required'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players cannot agree to new terms or withdraw what they agreed to.',
  budget: { readUnits: 12, writeUnits: 20 },
});

export const deleteAccount = defineEndpoint({
  id: 'account.delete-account',
  method: 'DELETE',
  path: '/api/v1/account',
  summary: 'Delete your account',
  description:
    'Closes it now and ends all its sessions. Within 30 days it can be restored with its e-mail address and password; then ' +
    'its personal data is erased for good. A mail names the day.',
  auth: 'account',
  stepUp: true,
  success: 202,
  response: z.strictObject({ eraseAt: Instant.meta({ description: 'When its personal data will be erased' }) }),
  errors: ['account.staff'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players cannot delete their account, as the law lets them.',
  budget: { readUnits: 24, writeUnits: 120 },
});

export const restoreAccount = defineEndpoint({
  id: 'account.restore-account',
  method: 'POST',
  path: '/api/v1/account/restore',
  summary: 'Take the deletion of your account back',
  description:
    'With the e-mail address and password, until the day of erasure; then log in as ever. Locked against guessing like ' +
    'the login. Restoring an account that is not deleted changes nothing.',
  auth: 'public',
  body: z.strictObject({
    email: EmailAddress,
    password: Password,
    deviceToken: DeviceToken.optional(),
    proof: ProofOfWork.optional(),
  }),
  success: 200,
  response: z.strictObject({ accountId: AccountId, status: z.enum(accountStatuses) }),
  errors: ['auth.credentials_invalid', 'auth.too_many_attempts', 'auth.proof_required', 'auth.account_banned'],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write', secrets: ['password-pepper'] },
  impact: 'Players who deleted their account by mistake, or whose account somebody else deleted, lose it.',
  memoryMb: 1769,
  reservedConcurrency: 50,
  budget: { readUnits: 8, writeUnits: 24 },
});

export const confirmDeletion = defineSubscriber({
  id: 'account.confirm-deletion',
  on: [ACCOUNT_DELETION_REQUESTED],
  needs: { table: 'write', mail: true },
  impact: 'Players are not told by mail that their account will be erased, and when.',
});

export const closeSessions = defineSubscriber({
  id: 'account.close-sessions',
  on: [ACCOUNT_DELETION_REQUESTED, ACCOUNT_BANNED],
  needs: { table: 'write' },
  impact: 'The session that deleted an account, and logins of the moment of a ban, stay open.',
});

export const erasePersonalData = defineSubscriber({
  id: 'account.erase-personal-data',
  on: [ACCOUNT_ERASED],
  needs: { table: 'write' },
  impact: 'Privacy settings and consents of erased accounts are kept.',
});

export const eraseDue = defineJob({
  id: 'account.erase-due',
  schedule: 'rate(1 hour)',
  needs: { table: 'write' },
  impact: 'Personal data of deleted accounts is kept beyond the promised day.',
  timeoutSeconds: 120,
});

export const domain = defineDomain({
  name: 'account',
  summary: 'The account: profile, privacy, consents, status, roles, export and deletion.',
  errors: accountErrors,
  foreignErrors: [authErrors],
  endpoints: [
    viewAccount,
    updateAccount,
    viewProfile,
    viewPrivacy,
    setPrivacy,
    viewConsents,
    setConsents,
    exportData,
    deleteAccount,
    restoreAccount,
    ...adminEndpoints,
  ],
  subscribers: [confirmDeletion, closeSessions, erasePersonalData],
  jobs: [eraseDue],
});
