import { defineKeys } from '../define-keys.ts';

/** Keys of what mailed links answer: forgotten passwords, changes of address, and taking those back. */
export const credentialKeys = defineKeys('credential', {
  passwordReset: {
    pk: 'PWRESET#{requestId}',
    sk: 'PWRESET',
    access: ['get the request that a mailed token names, whether or not its address has an account'],
  },
  emailChange: {
    pk: 'ACC#{accountId}',
    sk: 'EMAILCHANGE',
    access: ['get the one change of address that an account has asked for last'],
  },
  emailUndo: {
    pk: 'ACC#{accountId}',
    sk: 'EMAILUNDO',
    access: ['get the changes of address of the last days, which the addresses that were left may take back'],
  },
});
