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
  address_in_use: {
    status: 409,
    message: 'This address belongs to another account by now. Log in to that one, or write to the support.',
    retry: 'never',
  },
  has_password: { status: 409, message: 'This account has a password. Change it instead.', retry: 'never' },
  is_guest: { status: 409, message: 'This account is a guest’s: bind it instead.', retry: 'never' },
  email_unchanged: { status: 422, message: 'This is the address that you have.', retry: 'after-change' },
});
