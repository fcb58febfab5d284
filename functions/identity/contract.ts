import * as z from 'zod';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { IDENTITY_LINKED, IDENTITY_UNLINKED } from '#events/identity.ts';
import { authErrors } from '#functions/auth/errors.ts';
import { DeviceName, DeviceToken, EmailAddress, Password, SignedIn, SignInReply } from '#functions/auth/shapes.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineJob } from '#shared/contract/job.ts';
import { ProviderId } from '#shared/contract/oidc-provider.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { AccountId } from '#shared/kernel/ids.ts';
import { LocaleCode } from '#shared/kernel/locale.ts';
import { identityErrors } from './errors.ts';
import { guestLimits, identityLimits } from './rules.ts';

/** 256 random bits as base64url. */
const Opaque = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

const GuestSecret = Opaque.meta({
  description: 'Signs in to this guest account; keep it like a password, there is no other way in',
  examples: ['G'.repeat(43)],
});

const Nonce = Opaque.meta({
  description: 'Pass it to the provider as `nonce`; the identity token carries it back',
  examples: ['N'.repeat(43)],
});

const IdToken = z
  .string()
  .max(8_192)
  .regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/)
  .meta({
    description: 'Identity token (JWT) that the provider issued to one of our clients, at most 10 minutes ago',
    examples: ['eyJhbGciOiJub25lIn0.e30.'],
  });

/** What a provider answered to a sign-in that was started here. */
const providerAnswer = { idToken: IdToken, nonce: Nonce };

const providerPath = z.strictObject({ provider: ProviderId });

const tokenErrors = [
  'identity.provider_unknown',
  'identity.provider_unavailable',
  'identity.nonce_invalid',
  'identity.token_invalid',
] as const;

const standingErrors = ['auth.account_banned', 'auth.account_deletion_pending'] as const;

const Restored = z.strictObject({
  accountId: AccountId,
  status: z.enum(['ACTIVE', 'BANNED']).meta({ description: 'A ban outlives the deletion' }),
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

export const listProviders = defineEndpoint({
  id: 'identity.list-providers',
  method: 'GET',
  path: '/api/v1/auth/oidc',
  summary: 'List the identity providers that players may sign in with',
  auth: 'public',
  success: 200,
  response: z.strictObject({
    providers: z
      .array(
        z.strictObject({
          provider: ProviderId,
          displayName: z.string(),
          issuer: z.string().meta({ description: 'Where its OpenID configuration is, below `/.well-known/`' }),
        }),
      )
      .max(10),
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { identityProviders: true },
  impact: 'Clients cannot show which providers there are.',
  budget: { readUnits: 0, writeUnits: 0 },
});

export const startOidc = defineEndpoint({
  id: 'identity.start-oidc',
  method: 'POST',
  path: '/api/v1/auth/oidc/{provider}/start',
  summary: 'Begin to sign in with a provider',
  description: 'The nonce is good once, within 10 minutes, to sign in or to link the identity.',
  auth: 'public',
  params: providerPath,
  success: 201,
  response: z.strictObject({ nonce: Nonce, expiresAt: z.iso.datetime() }),
  errors: ['identity.provider_unknown'],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write', identityProviders: true },
  impact: 'Players cannot sign in with an external identity.',
  budget: { readUnits: 0, writeUnits: 5 },
});

export const oidcLogin = defineEndpoint({
  id: 'identity.oidc-login',
  method: 'POST',
  path: '/api/v1/auth/oidc/{provider}/login',
  summary: 'Sign in with what a provider answered',
  description:
    'An identity that is new here gets an account of its own, unless the provider vouches for an address that has one: ' +
    'then log in to that account and link the identity there. Nothing is ever linked by an address alone.',
  auth: 'public',
  params: providerPath,
  body: z.strictObject({
    ...providerAnswer,
    deviceName: DeviceName.optional(),
    deviceToken: DeviceToken.optional(),
    locale: LocaleCode.default('en'),
  }),
  success: 200,
  response: SignInReply,
  errors: [...tokenErrors, 'identity.email_in_use', ...standingErrors],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write', secrets: ['token-signing-keys'], identityProviders: true },
  impact: 'Players cannot sign in with an external identity.',
  timeoutSeconds: 15,
  budget: { readUnits: 9, writeUnits: 44 },
});

export const oidcRestore = defineEndpoint({
  id: 'identity.oidc-restore',
  method: 'POST',
  path: '/api/v1/auth/oidc/{provider}/restore',
  summary: 'Take the deletion of your account back with what a provider answered',
  description:
    'Until the day of erasure; then sign in as ever. Restoring an account that is not deleted changes nothing.',
  auth: 'public',
  params: providerPath,
  body: z.strictObject(providerAnswer),
  success: 200,
  response: Restored,
  errors: [...tokenErrors, 'auth.account_banned'],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write', identityProviders: true },
  impact: 'Players with an external identity who deleted their account by mistake lose it.',
  timeoutSeconds: 15,
  budget: { readUnits: 8, writeUnits: 16 },
});

const Identity = z.strictObject({
  provider: ProviderId,
  displayName: z.string().meta({ description: 'The provider, as players know it' }),
  linkedAt: z.iso.datetime(),
});

export const listIdentities = defineEndpoint({
  id: 'identity.list-identities',
  method: 'GET',
  path: '/api/v1/auth/identities',
  summary: 'List how you can sign in',
  auth: 'account',
  success: 200,
  response: z.strictObject({
    identities: z.array(Identity).max(identityLimits.perAccount),
    hasPassword: z.boolean().meta({ description: 'An address and a password sign in' }),
    isGuest: z.boolean().meta({ description: 'A guest secret signs in' }),
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read', identityProviders: true },
  impact: 'Players cannot see which external identities sign in to their account.',
  budget: { readUnits: 3, writeUnits: 0 },
});

export const linkIdentity = defineEndpoint({
  id: 'identity.link-identity',
  method: 'POST',
  path: '/api/v1/auth/identities/{provider}',
  summary: 'Link an external identity to your account',
  description:
    `It signs in from then on. An account has at most ${identityLimits.perAccount}, one of each provider; an identity ` +
    'has one account.',
  auth: 'account',
  stepUp: true,
  params: providerPath,
  body: z.strictObject(providerAnswer),
  success: 200,
  response: Identity,
  errors: [...tokenErrors, 'identity.already_linked', 'identity.provider_linked', 'identity.too_many'],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write', identityProviders: true },
  impact: 'Players cannot link an external identity to their account.',
  timeoutSeconds: 15,
  budget: { readUnits: 10, writeUnits: 22 },
});

export const unlinkIdentity = defineEndpoint({
  id: 'identity.unlink-identity',
  method: 'DELETE',
  path: '/api/v1/auth/identities/{provider}',
  summary: 'Take an external identity off your account',
  description: 'It signs in no more; sessions that it has opened stay. The last way to sign in cannot be taken off.',
  auth: 'account',
  stepUp: true,
  params: providerPath,
  success: 204,
  errors: ['identity.not_linked', 'identity.last_credential'],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write' },
  impact: 'Players cannot take an external identity off their account.',
  budget: { readUnits: 8, writeUnits: 20 },
});

export const sendSecurityMail = defineSubscriber({
  id: 'identity.send-security-mail',
  on: [IDENTITY_LINKED, IDENTITY_UNLINKED],
  needs: { table: 'write', mail: true, identityProviders: true },
  impact: 'Players are not told by mail that somebody has changed how their account is signed in to.',
  timeoutSeconds: 15,
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
  endpoints: [
    createGuest,
    guestLogin,
    restoreGuest,
    bindGuest,
    listProviders,
    startOidc,
    oidcLogin,
    oidcRestore,
    listIdentities,
    linkIdentity,
    unlinkIdentity,
  ],
  subscribers: [sendSecurityMail, erasePersonalData],
  jobs: [markUnusedGuests],
});
