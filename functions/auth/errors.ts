import { defineErrors } from '#shared/contract/errors.ts';

export const authErrors = defineErrors('auth', {
  password_weak: { status: 422, message: 'Choose another password.', retry: 'after-change' },
  credentials_invalid: {
    status: 401,
    message: 'E-mail address or password is wrong, or the address is not confirmed yet.',
    retry: 'after-change',
  },
  too_many_attempts: { status: 429, message: 'Too many attempts to log in. Wait a while.', retry: 'later' },
  proof_required: {
    status: 429,
    message: 'Logins are under attack. Solve the challenge, and send its answer with the attempt.',
    retry: 'after-change',
  },
  account_banned: { status: 403, message: 'This account is banned.', retry: 'never' },
  account_deletion_pending: {
    status: 403,
    message: 'This account is being deleted. Restore it to log in.',
    retry: 'after-change',
  },
  mail_token_invalid: {
    status: 400,
    message: 'This link is no longer good. Ask for a new one.',
    retry: 'after-change',
  },
  refresh_invalid: { status: 401, message: 'Log in again.', retry: 'after-change' },
});
