import { defineKeys } from '../define-keys.ts';

/** Keys of what zones hold against players, and of what staff decide about it. */
export const anticheatKeys = defineKeys('anticheat', {
  case: {
    pk: 'CHEATCASE#{accountId}',
    sk: 'CASE',
    gsi1: { pk: 'CHEATQUEUE#{state}', sk: '{rank}~{accountId}' },
    access: [
      'get by account',
      'change if it is as it was read',
      'list by state, the weightiest first (gsi1): ranks fall behind with time by themselves',
    ],
  },
  evidence: {
    pk: 'CHEATCASE#{accountId}',
    sk: 'EVIDENCE',
    access: ['get what the newest reports have measured, check by check', 'change with the case'],
  },
  report: {
    pk: 'CHEATREPORT#{characterId}',
    sk: '{at}~{reportId}',
    access: [
      'put if absent: a report counts once',
      'list what zones have reported of a character, newest first; gone after its time',
    ],
  },
  log: {
    pk: 'CHEATLOG#{accountId}',
    sk: '{at}~{operationId}',
    access: ['add what staff have seen or decided', 'list by account, newest first'],
  },
});
