import { defineErrors } from '#shared/contract/errors.ts';

export const identityErrors = defineErrors('identity', {
  guest_limit: { status: 429, message: 'Too many guests have come from here today.', retry: 'later' },
  guest_unknown: { status: 401, message: 'This guest secret is good for nothing.', retry: 'never' },
  not_a_guest: { status: 409, message: 'This account is no guest: it can be signed in to already.', retry: 'never' },
  provider_unknown: { status: 404, message: 'There is no such identity provider.', retry: 'never' },
  provider_unavailable: {
    status: 503,
    message: 'The identity provider does not answer. Try again in a moment.',
    retry: 'later',
  },
  nonce_invalid: {
    status: 401,
    message: 'This sign-in took too long, or was finished before. Start it anew.',
    retry: 'after-change',
  },
  token_invalid: { status: 401, message: 'The identity token is not good. Sign in anew.', retry: 'after-change' },
  email_in_use: {
    status: 409,
    message: 'Your address has an account here already. Log in to it, and link this identity there.',
    retry: 'never',
  },
  already_linked: { status: 409, message: 'This identity is linked to an account already.', retry: 'never' },
  provider_linked: {
    status: 409,
    message: 'This account has an identity of this provider. Unlink it first.',
    retry: 'after-change',
  },
  too_many: { status: 409, message: 'This account has as many identities as it can have.', retry: 'after-change' },
  not_linked: { status: 404, message: 'This account has no identity of this provider.', retry: 'never' },
  last_credential: {
    status: 409,
    message: 'This is the only way to sign in to this account. Add another one first.',
    retry: 'after-change',
  },
});
