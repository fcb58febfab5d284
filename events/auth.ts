import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { AccountId, CredentialRequestId, SessionId } from '#shared/kernel/ids.ts';

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

export const EMAIL_VERIFICATION_RESEND_REQUESTED = defineEvent({
  name: 'EMAIL_VERIFICATION_RESEND_REQUESTED',
  version: 1,
  owner: 'auth',
  summary: 'The mail that confirms an address is due once more, if somebody has registered with the address.',
  detail: z.strictObject({ requestId: CredentialRequestId }),
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

/** Says nothing of whether the address has an account: whoever mails finds out. */
export const PASSWORD_RESET_REQUESTED = defineEvent({
  name: 'PASSWORD_RESET_REQUESTED',
  version: 1,
  owner: 'credential',
  summary: 'Somebody has forgotten their password: a mail with a link is due, if the address has an account.',
  detail: z.strictObject({ requestId: CredentialRequestId }),
});

export const PASSWORD_CHANGED = defineEvent({
  name: 'PASSWORD_CHANGED',
  version: 1,
  owner: 'credential',
  summary: "An account's password is another one now; sessions that do not know it are over.",
  detail: z.strictObject({
    accountId: AccountId,
    via: z.enum(['reset', 'change']).meta({ description: '`reset`: by a mailed link; `change`: with the old one' }),
  }),
});

export const EMAIL_CHANGE_REQUESTED = defineEvent({
  name: 'EMAIL_CHANGE_REQUESTED',
  version: 1,
  owner: 'credential',
  summary: 'A player wants another e-mail address: a link goes to the new one, a notice to the old one.',
  detail: z.strictObject({ accountId: AccountId, requestId: CredentialRequestId }),
});

export const EMAIL_CHANGED = defineEvent({
  name: 'EMAIL_CHANGED',
  version: 1,
  owner: 'credential',
  summary: 'An account has another e-mail address now; the one before is free.',
  detail: z.strictObject({ accountId: AccountId, requestId: CredentialRequestId }),
});

export const EMAIL_CHANGE_UNDONE = defineEvent({
  name: 'EMAIL_CHANGE_UNDONE',
  version: 1,
  owner: 'credential',
  summary: 'Whoever has the address that an account had left took the account back to it, with a new password.',
  detail: z.strictObject({
    accountId: AccountId,
    requestId: CredentialRequestId.meta({ description: 'The change that was taken back, with all that came after it' }),
  }),
});

export const PASSWORD_ADDED = defineEvent({
  name: 'PASSWORD_ADDED',
  version: 1,
  owner: 'auth',
  summary: 'An account that only others vouched for has proven an address: it and a password sign in from now on.',
  detail: z.strictObject({ accountId: AccountId }),
});

export const NEW_DEVICE_SEEN = defineEvent({
  name: 'NEW_DEVICE_SEEN',
  version: 1,
  owner: 'auth',
  summary: 'A player has logged in from a device that this account had not logged in from before.',
  detail: z.strictObject({
    accountId: AccountId,
    sessionId: SessionId,
    device: z.string().min(1).max(128).meta({ description: 'What the client called itself' }),
    network: z.string().max(64).optional().meta({ description: 'Where from: the IPv4 /24 or IPv6 /48' }),
  }),
});
