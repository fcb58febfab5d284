import * as z from 'zod';
import { IDENTITY_LINKED, IDENTITY_UNLINKED } from '#events/identity.ts';
import '#functions/auth/errors.ts';
import { DeviceName, DeviceToken, SignInReply } from '#functions/auth/shapes.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { ProviderId } from '#shared/contract/oidc-provider.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { LocaleCode } from '#shared/kernel/locale.ts';
import './errors.ts';
import { identityLimits } from './rules.ts';
import { Opaque, Restored, standingErrors } from './shapes.ts';

/** External identities: who signs in by the word of a provider, and what links them to an account. */

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

const Identity = z.strictObject({
  provider: ProviderId,
  displayName: z.string().meta({ description: 'The provider, as players know it' }),
  linkedAt: z.iso.datetime(),
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

export const externalEndpoints = [
  listProviders,
  startOidc,
  oidcLogin,
  oidcRestore,
  listIdentities,
  linkIdentity,
  unlinkIdentity,
] as const;
