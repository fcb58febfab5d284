import * as z from 'zod';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { EMAIL_VERIFICATION_REQUESTED, EMAIL_VERIFICATION_RESEND_REQUESTED, NEW_DEVICE_SEEN } from '#events/auth.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { AccountId } from '#shared/kernel/ids.ts';
import { LocaleCode } from '#shared/kernel/locale.ts';
import { nextCursor, pageQuery } from '#shared/runtime/page.ts';
import { authErrors } from './errors.ts';
import { jwks, rotateSigningKeys } from './keys-contract.ts';
import { loginMethods, loginOutcomes } from './login-history.ts';
import { MailToken } from './mail-token.ts';
import { RefreshToken } from './refresh-token.ts';
import {
  Accepted,
  DeviceName,
  DeviceToken,
  EmailAddress,
  Password,
  ProofOfWork,
  SignInReply,
  Tokens,
} from './shapes.ts';

/** Argon2 takes 19 MiB and a CPU's whole attention: a full vCPU, and a bound on how many run at once. */
const hashing = { memoryMb: 1769, reservedConcurrency: 50 } as const;

export const register = defineEndpoint({
  id: 'auth.register',
  method: 'POST',
  path: '/api/v1/auth/register',
  summary: 'Ask for an account',
  description:
    'Always answers 202. A mail with a link goes to the address; the account exists once the link is followed, with ' +
    'the password that was given here. If the address has an account already, the mail says so instead. ' +
    'A password needs no particular characters, but must not be one that everybody chooses.',
  auth: 'public',
  body: z.strictObject({ email: EmailAddress, password: Password, locale: LocaleCode.default('en') }),
  success: 202,
  response: Accepted,
  errors: ['auth.password_weak'],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write', secrets: ['password-pepper'] },
  impact: 'New players cannot register.',
  ...hashing,
  budget: { readUnits: 0, writeUnits: 10 },
});

export const resendVerification = defineEndpoint({
  id: 'auth.resend-verification',
  method: 'POST',
  path: '/api/v1/auth/resend-verification',
  summary: 'Ask for the confirmation mail again',
  description: 'Always answers 202. An address gets at most 5 mails an hour.',
  auth: 'public',
  body: z.strictObject({ email: EmailAddress }),
  success: 202,
  response: Accepted,
  errors: [],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write' },
  impact: 'Players whose confirmation mail was lost cannot get another.',
  budget: { readUnits: 0, writeUnits: 10 },
});

export const verifyEmail = defineEndpoint({
  id: 'auth.verify-email',
  method: 'POST',
  path: '/api/v1/auth/verify-email',
  summary: 'Confirm an e-mail address: the account comes to be',
  description: 'The token is the one in the mailed link, good for 24 hours. Sending it again answers the same.',
  auth: 'public',
  body: z.strictObject({ token: MailToken }),
  success: 200,
  response: z.strictObject({ accountId: AccountId }),
  errors: ['auth.mail_token_invalid'],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write', secrets: ['mail-token-key'] },
  impact: 'New players cannot confirm their address and so cannot log in.',
  budget: { readUnits: 6, writeUnits: 18 },
});

export const verificationPage = defineEndpoint({
  id: 'auth.verification-page',
  method: 'GET',
  path: '/api/v1/auth/verify-email',
  summary: 'The page behind the mailed link',
  description:
    'A page with a button that sends the token. Opening the link changes nothing, so that a mail scanner which follows ' +
    'links confirms no address.',
  auth: 'public',
  query: z.strictObject({ token: MailToken }),
  success: 200,
  response: z.string().meta({ description: 'HTML' }),
  html: true,
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: {},
  impact: 'Players who follow the link in the confirmation mail see an error.',
  budget: { readUnits: 0, writeUnits: 0 },
});

export const login = defineEndpoint({
  id: 'auth.login',
  method: 'POST',
  path: '/api/v1/auth/login',
  summary: 'Log in with e-mail address and password',
  description:
    'Opens a session. An account may have 5 at a time; a sixth login ends the oldest a moment later. After 5 wrong passwords in a ' +
    'row the address waits 1 second, then twice as long after each, up to 15 minutes. A wrong password and an address ' +
    'without an account answer alike. `status` says what came of it: `SIGNED_IN`, or `MFA_REQUIRED` where the account ' +
    'has a second factor: then nothing is open until `POST /api/v1/auth/mfa/verify` has it.',
  auth: 'public',
  body: z.strictObject({
    email: EmailAddress,
    password: Password,
    device: DeviceName.optional(),
    deviceToken: DeviceToken.optional(),
    proof: ProofOfWork.optional(),
  }),
  success: 200,
  response: SignInReply,
  errors: [
    'auth.credentials_invalid',
    'auth.too_many_attempts',
    'auth.proof_required',
    'auth.account_banned',
    'auth.account_deletion_pending',
  ],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write', secrets: ['password-pepper', 'token-signing-keys'] },
  impact: 'Players cannot log in.',
  ...hashing,
  budget: { readUnits: 12, writeUnits: 40 },
});

export const refresh = defineEndpoint({
  id: 'auth.refresh',
  method: 'POST',
  path: '/api/v1/auth/refresh',
  summary: 'Exchange a refresh token for new tokens',
  description:
    'Each refresh token works once. When a reply is lost, sending the same token again within 10 seconds answers the ' +
    'same successor. A token that was used before ends the session, for somebody has a copy of it. Tokens die after 7 ' +
    'days without use and 30 days after the login.',
  auth: 'public',
  body: z.strictObject({ refreshToken: RefreshToken }),
  success: 200,
  response: Tokens,
  errors: ['auth.refresh_invalid', 'auth.account_banned', 'auth.account_deletion_pending'],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write', secrets: ['token-signing-keys'] },
  impact: 'Players are logged out after 10 minutes.',
  budget: { readUnits: 6, writeUnits: 8 },
});

export const logout = defineEndpoint({
  id: 'auth.logout',
  method: 'POST',
  path: '/api/v1/auth/logout',
  summary: 'End this session',
  description: 'Its refresh token is dead at once, its sockets close within seconds, its character leaves the world.',
  auth: 'account',
  success: 204,
  errors: [],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players cannot log out.',
  budget: { readUnits: 2, writeUnits: 30 },
});

export const logoutAll = defineEndpoint({
  id: 'auth.logout-all',
  method: 'POST',
  path: '/api/v1/auth/logout-all',
  summary: 'End all of your sessions',
  description:
    'On every device, this one included unless `keepCurrent` is set. Their refresh tokens are dead at once, their sockets ' +
    'close within seconds. A login of the very moment may stay open.',
  auth: 'account',
  body: z.strictObject({
    keepCurrent: z.boolean().default(false).meta({ description: 'Leave the session that asks open' }),
  }),
  success: 204,
  errors: [],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write' },
  impact: 'Players cannot throw strangers out of their account.',
  budget: { readUnits: 14, writeUnits: 120 },
});

export const listLogins = defineEndpoint({
  id: 'auth.list-logins',
  method: 'GET',
  path: '/api/v1/auth/logins',
  summary: 'List the attempts to log in to your account, newest first',
  description: 'The last 100 of the last 90 days, by whatever way in, successful or not.',
  auth: 'account',
  query: pageQuery,
  success: 200,
  response: z.strictObject({
    logins: z.array(
      z.strictObject({
        at: z.iso.datetime(),
        outcome: z.enum(loginOutcomes).meta({
          description: '`second_factor_due`: what `method` names was right, and no code had come yet',
        }),
        method: z.enum(loginMethods),
        device: z.string().meta({ description: 'What the client called itself' }),
        network: z.string().meta({ description: 'Where from: the IPv4 /24 or IPv6 /48' }),
      }),
    ),
    nextCursor,
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot see who has tried to log in to their account.',
  budget: { readUnits: 8, writeUnits: 0 },
});

export const createTicket = defineEndpoint({
  id: 'auth.create-ticket',
  method: 'POST',
  path: '/api/v1/auth/tickets',
  summary: 'Get a ticket for the STOMP socket',
  description:
    'For clients that cannot send an Authorization header with a WebSocket: append `?ticket=` to the address. It ' +
    'opens one socket, once, within 30 seconds.',
  auth: 'account',
  success: 201,
  response: z.strictObject({
    ticket: z.string().meta({ description: 'Opaque' }),
    expiresAt: z.iso.datetime(),
    url: z.string().meta({ description: 'Address of the STOMP socket' }),
  }),
  errors: [],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write' },
  impact: 'Browsers cannot open the STOMP socket: players see no notifications.',
  budget: { readUnits: 0, writeUnits: 6 },
});

export const sendVerificationMail = defineSubscriber({
  id: 'auth.send-verification-mail',
  on: [EMAIL_VERIFICATION_REQUESTED, EMAIL_VERIFICATION_RESEND_REQUESTED],
  needs: { table: 'write', mail: true, secrets: ['mail-token-key'] },
  impact: 'Confirmation mails do not arrive: new players cannot get in.',
  timeoutSeconds: 15,
});

export const sendNewDeviceMail = defineSubscriber({
  id: 'auth.send-new-device-mail',
  on: [NEW_DEVICE_SEEN],
  needs: { table: 'write', mail: true },
  impact: 'Players are not told when somebody logs in to their account from elsewhere.',
  timeoutSeconds: 15,
});

export const erasePersonalData = defineSubscriber({
  id: 'auth.erase-personal-data',
  on: [ACCOUNT_ERASED],
  needs: { table: 'write' },
  impact: 'Erased accounts keep their address and their login history.',
  timeoutSeconds: 30,
});

export const domain = defineDomain({
  name: 'auth',
  summary: 'Registration, login, tokens and tickets.',
  errors: authErrors,
  endpoints: [
    register,
    resendVerification,
    verifyEmail,
    verificationPage,
    login,
    refresh,
    logout,
    logoutAll,
    listLogins,
    createTicket,
    jwks,
  ],
  subscribers: [sendVerificationMail, sendNewDeviceMail, erasePersonalData],
  jobs: [rotateSigningKeys],
});
