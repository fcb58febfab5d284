import { defineKeys } from '../define-keys.ts';

/** Keys of accounts. */
export const accountKeys = defineKeys('account', {
  account: {
    pk: 'ACC#{accountId}',
    sk: 'ACCOUNT',
    access: ['get by id'],
  },
});
