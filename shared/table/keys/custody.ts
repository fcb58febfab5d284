import { defineKeys } from '../define-keys.ts';

/** Keys of what staff look at and do about items and money, and of what the auditor has found. */
export const custodyKeys = defineKeys('custody', {
  log: {
    pk: 'CUSTLOG#{subject}',
    sk: '{at}~{operationId}',
    access: ['add what staff have seen or done', 'list by what it was about, newest first'],
  },
  act: {
    pk: 'CUSTACT#{actId}',
    sk: 'ACT',
    gsi1: { pk: 'CUSTOPEN#{queue}', sk: '{at}~{actId}' },
    gsi2: { pk: 'CUSTOF#{characterId}', sk: '{at}~{actId}' },
    access: [
      'get by id',
      'put if absent: a request is one act',
      'decide on it once, by somebody else',
      'list what waits for a second pair of eyes, oldest first (gsi1, sparse)',
      'list what staff did to a character, newest first (gsi2)',
    ],
  },
  allowance: {
    pk: 'CUSTSPENT#{staffId}',
    sk: '{day}',
    access: ['count what a member of staff has moved alone on a day, up to their allowance'],
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
