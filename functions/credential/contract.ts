import * as z from 'zod';
import { ACCOUNT_ERASED } from '#events/account.ts';
import {
  EMAIL_CHANGE_REQUESTED,
  EMAIL_CHANGED,
  PASSWORD_ADDED,
  PASSWORD_CHANGED,
  PASSWORD_RESET_REQUESTED,
} from '#events/auth.ts';
import { authErrors } from '#functions/auth/errors.ts';
import { Accepted, EmailAddress, MailToken, Password, RequestToken } from '#functions/auth/shapes.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { credentialErrors } from './errors.ts';

/** Argon2 takes 19 MiB and a CPU's whole attention: a full vCPU, and a bound on how many run at once. */
const hashing = { memoryMb: 1769, reservedConcurrency: 10 } as const;

export const forgotPassword = defineEndpoint({
  id: 'credential.forgot-password',
  method: 'POST',
  path: '/api/v1/auth/password/forgot',
  summary: 'Ask for a new password',
  description:
    'Always answers 202. If the address has an account, a mail with a link goes there, which works once and for an ' +
    'hour. An address gets at most 5 mails an hour.',
  auth: 'public',
  body: z.strictObject({ email: EmailAddress }),
  success: 202,
  response: Accepted,
  errors: [],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write' },
  impact: 'Players who have forgotten their password cannot get back in.',
  budget: { readUnits: 0, writeUnits: 9 },
});

export const resetPassword = defineEndpoint({
  id: 'credential.reset-password',
  method: 'POST',
  path: '/api/v1/auth/password/reset',
  summary: 'Choose a new password, by the mailed link',
  description:
    'Ends every session, clears the count of wrong passwords, and every other mailed link of the account is dead. The ' +
    'rules for passwords are those of registering; it must be another one.',
  auth: 'public',
  body: z.strictObject({ token: RequestToken, newPassword: Password }),
  success: 204,
  errors: ['auth.mail_token_invalid', 'auth.password_weak'],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write', secrets: ['mail-token-key', 'password-pepper'] },
  impact: 'Players who have forgotten their password cannot get back in.',
  ...hashing,
  budget: { readUnits: 10, writeUnits: 60 },
});

export const resetPage = defineEndpoint({
  id: 'credential.reset-page',
  method: 'GET',
  path: '/api/v1/auth/password/reset',
  summary: 'The page behind the link to a new password',
  description: 'Asks for the password, and sends it with the token. Opening the link changes nothing.',
  auth: 'public',
  query: z.strictObject({ token: RequestToken }),
  success: 200,
  response: z.string().meta({ description: 'HTML' }),
  html: true,
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: {},
  impact: 'Players who follow the link to a new password see an error.',
  budget: { readUnits: 0, writeUnits: 0 },
});

export const changePassword = defineEndpoint({
  id: 'credential.change-password',
  method: 'POST',
  path: '/api/v1/auth/password',
  summary: 'Change your password',
  description:
    'Ends every other session; this one stays. Wrong current passwords are counted as wrong logins are: after 5 each ' +
    'has to wait.',
  auth: 'account',
  body: z.strictObject({ currentPassword: Password, newPassword: Password }),
  success: 204,
  errors: ['credential.password_wrong', 'credential.no_password', 'auth.password_weak', 'auth.too_many_attempts'],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write', secrets: ['password-pepper'] },
  impact: 'Players cannot change their password.',
  ...hashing,
  budget: { readUnits: 12, writeUnits: 60 },
});

export const changeEmail = defineEndpoint({
  id: 'credential.change-email',
  method: 'POST',
  path: '/api/v1/auth/email',
  summary: 'Ask for another e-mail address',
  description:
    'Always answers 202: a link goes to the new address, which works for a day, and a notice to the present one. If the ' +
    'address is somebody else’s, the mail says so. Only the last wish counts; after a change the next one has to wait for a day.',
  auth: 'account',
  stepUp: true,
  body: z.strictObject({ newEmail: EmailAddress }),
  success: 202,
  response: Accepted,
  errors: ['credential.no_password', 'credential.email_unchanged', 'credential.email_changed_recently'],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write' },
  impact: 'Players cannot change their e-mail address.',
  budget: { readUnits: 5, writeUnits: 16 },
});

export const confirmEmail = defineEndpoint({
  id: 'credential.confirm-email',
  method: 'POST',
  path: '/api/v1/auth/email/confirm',
  summary: 'Confirm another e-mail address',
  description:
    'The token is the one in the mail to the new address. From here on it is the account’s, and the one before is free, ' +
    'and gets a mail with a link that takes the change back. Sending it again answers the same.',
  auth: 'public',
  body: z.strictObject({ token: MailToken }),
  success: 204,
  errors: ['auth.mail_token_invalid'],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write', secrets: ['mail-token-key'] },
  impact: 'Players cannot change their e-mail address.',
  budget: { readUnits: 5, writeUnits: 26 },
});

export const emailPage = defineEndpoint({
  id: 'credential.email-page',
  method: 'GET',
  path: '/api/v1/auth/email/confirm',
  summary: 'The page behind the link to a new address',
  description: 'A page with a button that sends the token. Opening the link changes nothing.',
  auth: 'public',
  query: z.strictObject({ token: MailToken }),
  success: 200,
  response: z.string().meta({ description: 'HTML' }),
  html: true,
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: {},
  impact: 'Players who follow the link to their new address see an error.',
  budget: { readUnits: 0, writeUnits: 0 },
});

export const undoEmail = defineEndpoint({
  id: 'credential.undo-email',
  method: 'POST',
  path: '/api/v1/auth/email/undo',
  summary: 'Take a change of address back, by the link in the mail to the address that was left',
  description:
    'Works for 72 hours after the change, whatever has happened to the account since, further changes included: those ' +
    'are taken back with it. The account has the old address again, and a new password, for whoever has changed the ' +
    'address knows the one before. Ends every session.',
  auth: 'public',
  body: z.strictObject({ token: MailToken, newPassword: Password }),
  success: 204,
  errors: ['auth.mail_token_invalid', 'auth.password_weak', 'credential.address_in_use'],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write', secrets: ['mail-token-key', 'password-pepper'] },
  impact: 'Players cannot take their account back from somebody who has moved it to another address.',
  ...hashing,
  budget: { readUnits: 12, writeUnits: 68 },
});

export const undoPage = defineEndpoint({
  id: 'credential.undo-page',
  method: 'GET',
  path: '/api/v1/auth/email/undo',
  summary: 'The page behind the link that takes a change of address back',
  description: 'Asks for a new password, and sends it with the token. Opening the link changes nothing.',
  auth: 'public',
  query: z.strictObject({ token: MailToken }),
  success: 200,
  response: z.string().meta({ description: 'HTML' }),
  html: true,
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: {},
  impact: 'Players who follow the link that takes a change of address back see an error.',
  budget: { readUnits: 0, writeUnits: 0 },
});

export const addPassword = defineEndpoint({
  id: 'credential.add-password',
  method: 'POST',
  path: '/api/v1/auth/password/add',
  summary: 'Add an address and a password to an account that others vouch for',
  description:
    'For accounts that an identity provider has opened. Always answers 202: a mail with a link goes to the address, and ' +
    'once it is followed (`POST /api/v1/auth/verify-email`) address and password sign in too, and security mails go ' +
    'there. If the address has an account already, the mail says so instead. A later call takes the place of an earlier one.',
  auth: 'account',
  stepUp: true,
  body: z.strictObject({ email: EmailAddress, password: Password }),
  success: 202,
  response: Accepted,
  errors: ['credential.has_password', 'credential.is_guest', 'auth.password_weak'],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write', secrets: ['password-pepper'] },
  impact: 'Players of identity providers cannot make themselves independent of them.',
  ...hashing,
  budget: { readUnits: 6, writeUnits: 18 },
});

export const sendResetMail = defineSubscriber({
  id: 'credential.send-reset-mail',
  on: [PASSWORD_RESET_REQUESTED],
  needs: { table: 'write', mail: true, secrets: ['mail-token-key'] },
  impact: 'Players who have forgotten their password get no mail.',
  timeoutSeconds: 15,
});

export const sendEmailChangeMails = defineSubscriber({
  id: 'credential.send-email-change-mails',
  on: [EMAIL_CHANGE_REQUESTED],
  needs: { table: 'write', mail: true, secrets: ['mail-token-key'] },
  impact: 'Players cannot change their address, and are not warned when somebody else does.',
  timeoutSeconds: 15,
});

export const sendChangeNotices = defineSubscriber({
  id: 'credential.send-change-notices',
  on: [PASSWORD_CHANGED, PASSWORD_ADDED, EMAIL_CHANGED],
  needs: { table: 'write', mail: true, secrets: ['mail-token-key'] },
  impact: 'Players are not warned when somebody else changes their password or address.',
  timeoutSeconds: 15,
});

export const erasePersonalData = defineSubscriber({
  id: 'credential.erase-personal-data',
  on: [ACCOUNT_ERASED],
  needs: { table: 'write' },
  impact: 'Addresses of erased accounts stay in the table for up to three days.',
});

export const domain = defineDomain({
  name: 'credential',
  summary: 'How players change what proves who they are: forgotten and changed passwords, another e-mail address.',
  errors: credentialErrors,
  foreignErrors: [authErrors],
  endpoints: [
    forgotPassword,
    resetPassword,
    resetPage,
    changePassword,
    addPassword,
    changeEmail,
    confirmEmail,
    emailPage,
    undoEmail,
    undoPage,
  ],
  subscribers: [sendResetMail, sendEmailChangeMails, sendChangeNotices, erasePersonalData],
});
