import { defineKeys } from '../define-keys.ts';

/** Keys of second factors: enrolments, recovery codes, challenges of unfinished sign-ins, step-ups. */
export const mfaKeys = defineKeys('mfa', {
  stepUp: {
    pk: 'STEPUP#{sessionId}',
    sk: 'STEPUP',
    access: ['condition of a risky act: its player has proven themselves in the last minutes'],
  },
});
