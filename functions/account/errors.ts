import { defineErrors } from '#shared/contract/errors.ts';

export const accountErrors = defineErrors('account', {
  staff: {
    status: 409,
    message: 'Accounts with staff roles cannot be deleted. Have the roles taken away first.',
    retry: 'after-change',
  },
  export_too_soon: { status: 429, message: 'Your data can be exported once a day.', retry: 'later' },
  consent_outdated: {
    status: 409,
    message: 'There is a newer version of this document. Read it and agree to that one.',
    retry: 'after-change',
  },
  consent_required: {
    status: 422,
    message: 'The account rests on this consent. Delete the account to withdraw it.',
    retry: 'never',
  },
  own_account: { status: 403, message: 'Nobody does this to their own account.', retry: 'never' },
  outranked: { status: 403, message: 'This account stands as high as yours or higher.', retry: 'never' },
  closed: { status: 409, message: 'This account is deleted.', retry: 'never' },
  second_factor_missing: {
    status: 409,
    message: 'This account has no second factor. Its owner turns one on before they are given a role.',
    retry: 'after-change',
  },
  not_banned: { status: 409, message: 'This account is not banned.', retry: 'never' },
});
