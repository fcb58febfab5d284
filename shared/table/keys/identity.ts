import { defineKeys } from '../define-keys.ts';

/** Keys of guests and of the external identities that sign players in. */
export const identityKeys = defineKeys('identity', {
  guest: {
    pk: 'ACC#{accountId}',
    sk: 'GUEST',
    gsi1: { pk: 'GUESTDUE#{shard}', sk: '{dueAt}~{accountId}' },
    access: ['get the guest that an account is', 'guests to look at, who may be unused, by time (gsi1)'],
  },
  guestSecret: {
    pk: 'GUEST#{secretHash}',
    sk: 'GUEST',
    access: ['find the account of a guest secret'],
  },
  guestQuota: {
    pk: 'GUESTQUOTA#{network}~{day}',
    sk: 'QUOTA',
    access: ['take one of the guests that a network may open in a day'],
  },
  nonce: {
    pk: 'OIDCNONCE#{nonceHash}',
    sk: 'NONCE',
    access: ['get a nonce', 'use it up: conditional delete'],
  },
  claim: {
    pk: 'IDENTITY#{subjectHash}',
    sk: 'IDENTITY',
    access: ['find the account of an external identity', 'put if absent: one account per identity'],
  },
  identities: {
    pk: 'ACC#{accountId}',
    sk: 'IDENTITIES',
    access: ["get an account's external identities", 'change them if nobody else has'],
  },
});
