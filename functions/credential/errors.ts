import { defineErrors } from '#shared/contract/errors.ts';

export const credentialErrors = defineErrors('credential', {
  password_wrong: { status: 403, message: 'This is not your current password.', retry: 'after-change' },
  no_password: {
    status: 409,
    message: 'This account has no password. Tie it to an e-mail address first.',
    retry: 'after-change',
  },
  email_changed_recently: {
    status: 409,
    message: 'The address of this account was changed within the last day. Try again tomorrow.',
    retry: 'later',
  },
  email_unchanged: { status: 422, message: 'This is the address that you have.', retry: 'after-change' },
});
