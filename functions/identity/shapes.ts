import * as z from 'zod';
import { AccountId } from '#shared/kernel/ids.ts';

/** What both contracts of this domain say. */

/** 256 random bits as base64url. */
export const Opaque = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** Why somebody who has proven to be the owner gets no session. */
export const standingErrors = ['auth.account_banned', 'auth.account_deletion_pending'] as const;

export const Restored = z.strictObject({
  accountId: AccountId,
  status: z.enum(['ACTIVE', 'BANNED']).meta({ description: 'A ban outlives the deletion' }),
});
