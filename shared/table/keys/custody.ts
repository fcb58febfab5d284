import { defineKeys } from '../define-keys.ts';

/** Keys of what staff look at and do about items and money, and of what the auditor has found. */
export const custodyKeys = defineKeys('custody', {
  log: {
    pk: 'CUSTLOG#{subject}',
    sk: '{at}~{operationId}',
    access: ['add what staff have seen or done', 'list by what it was about, newest first'],
  },
});
