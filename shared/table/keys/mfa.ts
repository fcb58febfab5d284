import { defineKeys } from '../define-keys.ts';

/** Keys of second factors: enrolments, recovery codes, challenges of unfinished sign-ins, step-ups. */
export const mfaKeys = defineKeys('mfa', {
  factor: {
    pk: 'ACC#{accountId}',
    sk: 'MFA',
    access: ["get an account's second factor, on or being set up"],
  },
  lock: {
    pk: 'ACC#{accountId}',
    sk: 'MFALOCK',
    access: ['reserve an attempt to prove oneself, for an account'],
  },
  challenge: {
    pk: 'MFACHALLENGE#{challengeHash}',
    sk: 'CHALLENGE',
    access: [
      'get the sign-in that a challenge stands for',
      'take one of its attempts',
      'use it up: conditional delete',
    ],
  },
  stepUp: {
    pk: 'STEPUP#{sessionId}',
    sk: 'STEPUP',
    access: ['condition of a risky act: its player has proven themselves in the last minutes'],
  },
});
