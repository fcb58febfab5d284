import * as z from 'zod';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { authErrors } from '#functions/auth/errors.ts';
import { DeviceName, DeviceToken, EmailAddress, Password, SignedIn, SignInReply } from '#functions/auth/shapes.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineJob } from '#shared/contract/job.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { LocaleCode } from '#shared/kernel/locale.ts';
import { identityErrors } from './errors.ts';
import { externalEndpoints, sendSecurityMail } from './external-contract.ts';
import { guestLimits } from './rules.ts';
import { Opaque, Restored, standingErrors } from './shapes.ts';

const GuestSecret = Opaque.meta({
  description: 'Signs in to this guest account; keep it like a password, there is no other way in',
  examples: ['G'.repeat(43)],
});

export const createGuest = defineEndpoint({
  id: 'identity.create-guest',
  method: 'POST',
  path: '/api/v1/auth/guest',
  summary: 'Play at once, as a guest',
  description:
    'Opens an account without an address and signs in to it. The secret is answered this once. A network may open ' +
    `${guestLimits.perNetworkPerDay} guests a day. Bind an address before the device is lost.`,
  auth: 'public',
  body: z.strictObject({ deviceName: DeviceName.optional(), locale: LocaleCode.default('en') }),
  success: 201,
  response: SignedIn.extend({ guestSecret: GuestSecret }),
  errors: ['identity.guest_limit'],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write', secrets: ['token-signing-keys'] },
  impact: 'New players cannot try the game without an address.',
  budget: { readUnits: 2, writeUnits: 40 },
});

export const guestLogin = defineEndpoint({
  id: 'identity.guest-login',
  method: 'POST',
  path: '/api/v1/auth/guest/login',
  summary: 'Sign in again as a guest',
  description: 'The secret dies when the guest binds an address.',
  auth: 'public',
  body: z.strictObject({
    guestSecret: GuestSecret,
    deviceName: DeviceName.optional(),
    deviceToken: DeviceToken.optional(),
  }),
  success: 200,
  response: SignInReply,
  errors: ['identity.guest_unknown', ...standingErrors],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write', secrets: ['token-signing-keys'] },
  impact: 'Guests cannot come back.',
  budget: { readUnits: 6, writeUnits: 40 },
});

export const restoreGuest = defineEndpoint({
  id: 'identity.restore-guest',
  method: 'POST',
  path: '/api/v1/auth/guest/restore',
  summary: 'Take the deletion of a guest account back',
  description:
    'Until the day of erasure; then sign in as ever. Restoring an account that is not deleted changes nothing.',
  auth: 'public',
  body: z.strictObject({ guestSecret: GuestSecret }),
  success: 200,
  response: Restored,
  errors: ['identity.guest_unknown', 'auth.account_banned'],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write' },
  impact: 'Guests who deleted their account by mistake lose it.',
  budget: { readUnits: 6, writeUnits: 12 },
});

export const bindGuest = defineEndpoint({
  id: 'identity.bind-guest',
  method: 'POST',
  path: '/api/v1/auth/guest/bind',
  summary: 'Give a guest an address and a password',
  description:
    'Always answers 202 to a guest. A mail with a link goes to the address; once it is followed, address and password ' +
    'sign in, and the guest secret is dead; sessions stay open. If the address has an account already, the mail says so ' +
    'instead. A later call takes the place of an earlier one.',
  auth: 'account',
  body: z.strictObject({ email: EmailAddress, password: Password }),
  success: 202,
  response: z.strictObject({
    accepted: z.literal(true).meta({ description: 'Whatever the address is: what comes of it is in its mailbox' }),
  }),
  errors: ['identity.not_a_guest', 'auth.password_weak'],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write', secrets: ['password-pepper'] },
  impact: 'Guests cannot keep their account.',
  // Argon2 takes 19 MiB and a CPU's whole attention.
  memoryMb: 1769,
  reservedConcurrency: 20,
  budget: { readUnits: 4, writeUnits: 14 },
});

export const erasePersonalData = defineSubscriber({
  id: 'identity.erase-personal-data',
  on: [ACCOUNT_ERASED],
  needs: { table: 'write' },
  impact: 'External identities and guest secrets of erased accounts are kept against the law.',
});

export const markUnusedGuests = defineJob({
  id: 'identity.mark-unused-guests',
  schedule: 'rate(1 hour)',
  needs: { table: 'write' },
  impact: 'Guests who never came back are not marked as unused, and pile up unseen.',
  timeoutSeconds: 60,
});

export const domain = defineDomain({
  name: 'identity',
  summary: 'Guests, and external identities by OpenID Connect.',
  errors: identityErrors,
  foreignErrors: [authErrors],
  endpoints: [createGuest, guestLogin, restoreGuest, bindGuest, ...externalEndpoints],
  subscribers: [sendSecurityMail, erasePersonalData],
  jobs: [markUnusedGuests],
});
