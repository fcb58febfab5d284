import { defineErrors } from '#shared/contract/errors.ts';

export const mfaErrors = defineErrors('mfa', {
  already_enabled: { status: 409, message: 'A second factor is on already.', retry: 'never' },
  not_enabled: { status: 409, message: 'No second factor is on.', retry: 'after-change' },
  enrolment_expired: {
    status: 409,
    message: 'There is no enrolment to confirm, or it took too long. Begin again.',
    retry: 'after-change',
  },
  code_invalid: { status: 403, message: 'This code is wrong, or was used before.', retry: 'after-change' },
  code_needed: {
    status: 422,
    message: 'This account has a second factor: send a code of it.',
    retry: 'after-change',
  },
  password_needed: { status: 422, message: 'Send the password.', retry: 'after-change' },
  password_invalid: { status: 403, message: 'The password is wrong.', retry: 'after-change' },
  no_proof_possible: {
    status: 403,
    message: 'This account has neither a password nor a second factor. Sign in again, and try within 10 minutes.',
    retry: 'after-change',
  },
  challenge_invalid: { status: 401, message: 'This sign-in has lapsed. Begin again.', retry: 'after-change' },
  too_many_attempts: { status: 429, message: 'Too many wrong attempts. Wait a while.', retry: 'later' },
});
