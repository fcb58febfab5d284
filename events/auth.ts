import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { AccountId, SessionId } from '#shared/kernel/ids.ts';

export const ACCOUNT_CREATED = defineEvent({
  name: 'ACCOUNT_CREATED',
  version: 1,
  owner: 'auth',
  summary: 'An account exists and may log in: its e-mail address is verified, or it needs none.',
  detail: z.strictObject({
    accountId: AccountId,
    via: z.enum(['email', 'guest', 'external']).meta({ description: 'How the account came to be' }),
  }),
});

/** Carries a nonce and no address: the mailer derives the token from the nonce and reads the address itself. */
export const EMAIL_VERIFICATION_REQUESTED = defineEvent({
  name: 'EMAIL_VERIFICATION_REQUESTED',
  version: 1,
  owner: 'auth',
  summary: 'A mail with a single-use link is due to an account.',
  detail: z.strictObject({
    accountId: AccountId,
    nonce: z.string().min(16).max(64).meta({ description: 'Names the stored request; the link is derived from it' }),
    template: z.enum(['verify-email']),
  }),
});

export const LOGIN_SUCCESS = defineEvent({
  name: 'LOGIN_SUCCESS',
  version: 1,
  owner: 'auth',
  summary: 'A player has logged in; a session is open.',
  detail: z.strictObject({
    accountId: AccountId,
    sessionId: SessionId,
    isFirst: z.boolean().meta({ description: 'No login of this account succeeded before' }),
  }),
});
