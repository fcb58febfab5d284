import { defineKeys } from '../define-keys.ts';

/** Keys of accounts: the account itself, what its owner has chosen, and what staff have done to it. */
export const accountKeys = defineKeys('account', {
  account: {
    pk: 'ACC#{accountId}',
    sk: 'ACCOUNT',
    gsi1: { pk: 'ACCERASE#{shard}', sk: '{eraseAt}~{accountId}' },
    access: ['get by id', 'accounts of a shard whose personal data is due to be erased, earliest first (gsi1, sparse)'],
  },
  privacy: {
    pk: 'ACC#{accountId}',
    sk: 'PRIVACY',
    access: ['get by account', 'get many by account'],
  },
  consents: {
    pk: 'ACC#{accountId}',
    sk: 'CONSENTS',
    access: ['get by account', 'change if unchanged'],
  },
  consentChange: {
    pk: 'ACC#{accountId}',
    sk: 'CONSENTLOG#{slot}',
    access: ["list an account's latest changes of consent: a ring of slots"],
  },
  dataExport: {
    pk: 'ACC#{accountId}',
    sk: 'EXPORT',
    access: ['put unless the account had an export lately'],
  },
  audit: {
    pk: 'AUDIT#{accountId}',
    sk: '{at}~{operationId}',
    access: ['put if absent: never changed afterwards', "page through an account's audit, newest first"],
  },
});
