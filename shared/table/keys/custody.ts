import { defineKeys } from '../define-keys.ts';

/** Keys of what staff look at and do about items and money, and of what the auditor has found. */
export const custodyKeys = defineKeys('custody', {
  log: {
    pk: 'CUSTLOG#{subject}',
    sk: '{at}~{operationId}',
    access: ['add what staff have seen or done', 'list by what it was about, newest first'],
  },
  run: {
    pk: 'VALUEAUDIT#{auditor}',
    sk: 'RUN#{at}',
    access: ['add what a run of the auditor has found', 'list the runs, newest first'],
  },
  walk: {
    pk: 'VALUEAUDIT#{auditor}',
    sk: 'WALK',
    access: ['get how far the auditor has come', 'change it if it is unchanged: of two runs at once one counts'],
  },
});
