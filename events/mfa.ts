import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { AccountId } from '#shared/kernel/ids.ts';

const codesLeft = z.int().min(0).max(10).meta({ description: 'Recovery codes that are still good' });

export const MFA_ENABLED = defineEvent({
  name: 'MFA_ENABLED',
  version: 1,
  owner: 'mfa',
  summary: 'From now on an account is signed in to with a second factor only.',
  detail: z.strictObject({ accountId: AccountId, factor: z.enum(['totp']) }),
});

export const MFA_DISABLED = defineEvent({
  name: 'MFA_DISABLED',
  version: 1,
  owner: 'mfa',
  summary: 'An account asks for no second factor any more.',
  detail: z.strictObject({ accountId: AccountId }),
});

export const MFA_RECOVERY_CODE_USED = defineEvent({
  name: 'MFA_RECOVERY_CODE_USED',
  version: 1,
  owner: 'mfa',
  summary: 'A recovery code stood in for the second factor; it is worthless now.',
  detail: z.strictObject({ accountId: AccountId, codesLeft }),
});

export const MFA_RECOVERY_CODES_RENEWED = defineEvent({
  name: 'MFA_RECOVERY_CODES_RENEWED',
  version: 1,
  owner: 'mfa',
  summary: 'An account has new recovery codes; those from before are worthless.',
  detail: z.strictObject({ accountId: AccountId, codesLeft }),
});
