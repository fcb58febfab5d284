import * as z from 'zod';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { MFA_DISABLED, MFA_ENABLED, MFA_RECOVERY_CODE_USED, MFA_RECOVERY_CODES_RENEWED } from '#events/mfa.ts';
import { authErrors } from '#functions/auth/errors.ts';
import { DeviceToken, MfaChallenge, Password, SignedIn } from '#functions/auth/shapes.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { mfaErrors } from './errors.ts';
import { RecoveryCode, RecoveryCodes, TotpCode } from './shapes.ts';

export const enrolTotp = defineEndpoint({
  id: 'mfa.enrol-totp',
  method: 'POST',
  path: '/api/v1/auth/mfa/totp',
  summary: 'Get a secret for an authenticator',
  description:
    'Nothing is asked of anybody until a code confirms, within 10 minutes, that the authenticator has the secret. A ' +
    'second call replaces the secret of the first.',
  auth: 'account',
  stepUp: 'enrolment',
  success: 201,
  response: z.strictObject({
    secret: z.string().meta({ description: 'Base 32, for typing in by hand' }),
    uri: z.string().meta({ description: '`otpauth://` address: show it as a QR code' }),
    expiresAt: z.iso.datetime(),
  }),
  errors: ['mfa.already_enabled'],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write', secrets: ['mfa-key'] },
  impact: 'Players cannot turn a second factor on.',
  budget: { readUnits: 3, writeUnits: 9 },
});

export const confirmTotp = defineEndpoint({
  id: 'mfa.confirm-totp',
  method: 'POST',
  path: '/api/v1/auth/mfa/totp/confirm',
  summary: 'Turn the second factor on',
  description:
    'Takes a first code of the authenticator. The answer holds ten recovery codes, which are shown this once. From now ' +
    'on a sign-in needs a code; sessions that are open stay open. The code is a step-up of this session too.',
  auth: 'account',
  body: z.strictObject({ code: TotpCode }),
  success: 200,
  response: z.strictObject({ recoveryCodes: RecoveryCodes }),
  errors: ['mfa.already_enabled', 'mfa.enrolment_expired', 'mfa.code_invalid', 'mfa.too_many_attempts'],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write', secrets: ['mfa-key'] },
  impact: 'Players cannot turn a second factor on.',
  budget: { readUnits: 3, writeUnits: 18 },
});

export const getStatus = defineEndpoint({
  id: 'mfa.get-status',
  method: 'GET',
  path: '/api/v1/auth/mfa',
  summary: 'Whether a second factor is on',
  auth: 'account',
  success: 200,
  response: z.strictObject({
    enabled: z.boolean(),
    enabledAt: z.iso.datetime().optional(),
    recoveryCodesLeft: z.int().meta({ description: 'Recovery codes that are still good' }),
    enrolmentExpiresAt: z.iso
      .datetime()
      .optional()
      .meta({ description: 'Until when the secret waits for its first code' }),
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot see whether their second factor is on.',
  budget: { readUnits: 1, writeUnits: 0 },
});

export const renewRecoveryCodes = defineEndpoint({
  id: 'mfa.renew-recovery-codes',
  method: 'POST',
  path: '/api/v1/auth/mfa/recovery-codes',
  summary: 'Get new recovery codes',
  description: 'Ten, shown this once. Those from before are worthless.',
  auth: 'account',
  stepUp: true,
  success: 200,
  response: z.strictObject({ recoveryCodes: RecoveryCodes }),
  errors: ['mfa.not_enabled'],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write' },
  impact: 'Players who have used up their recovery codes get no new ones.',
  budget: { readUnits: 2, writeUnits: 13 },
});

export const disable = defineEndpoint({
  id: 'mfa.disable',
  method: 'POST',
  path: '/api/v1/auth/mfa/disable',
  summary: 'Turn the second factor off',
  description: 'Takes a code once more besides the step-up: a code is good once, so wait for the next one.',
  auth: 'account',
  stepUp: true,
  body: z.union([z.strictObject({ code: TotpCode }), z.strictObject({ recoveryCode: RecoveryCode })]),
  success: 204,
  errors: ['mfa.not_enabled', 'mfa.code_invalid', 'mfa.too_many_attempts'],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write', secrets: ['mfa-key'] },
  impact: 'Players cannot turn their second factor off.',
  budget: { readUnits: 5, writeUnits: 18 },
});

export const verify = defineEndpoint({
  id: 'mfa.verify',
  method: 'POST',
  path: '/api/v1/auth/mfa/verify',
  summary: 'Finish a sign-in with the second factor',
  description:
    'Takes the challenge of a sign-in that answered `MFA_REQUIRED`, and a code or a recovery code. A challenge takes 5 ' +
    'codes within 5 minutes, and lapses when the password changes. After 5 wrong codes in a row the account waits 30 ' +
    'seconds, then twice as long after each, up to 6 hours; recovery codes are taken meanwhile.',
  auth: 'public',
  body: z.union([
    z.strictObject({ challenge: MfaChallenge, code: TotpCode, deviceToken: DeviceToken.optional() }),
    z.strictObject({ challenge: MfaChallenge, recoveryCode: RecoveryCode, deviceToken: DeviceToken.optional() }),
  ]),
  success: 200,
  response: SignedIn,
  errors: [
    'mfa.challenge_invalid',
    'mfa.code_invalid',
    'mfa.too_many_attempts',
    'auth.account_banned',
    'auth.account_deletion_pending',
  ],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write', secrets: ['mfa-key', 'token-signing-keys'] },
  impact: 'Players with a second factor cannot log in.',
  budget: { readUnits: 8, writeUnits: 42 },
});

export const stepUp = defineEndpoint({
  id: 'mfa.step-up',
  method: 'POST',
  path: '/api/v1/auth/step-up',
  summary: 'Prove again that it is you',
  description:
    'Opens, for this session and for 10 minutes, what is too risky for a session that somebody may have found open. ' +
    'Takes a code or a recovery code where the account has a second factor, else the password. An account that has ' +
    'neither sends `{"recentSignIn": true}`, which is good in the first 10 minutes of a session. Wrong ones count ' +
    'together with those at sign-ins. To staff who have no second factor yet it opens nothing but turning one on.',
  auth: 'account',
  body: z.union([
    z.strictObject({ password: Password }),
    z.strictObject({ code: TotpCode }),
    z.strictObject({ recoveryCode: RecoveryCode }),
    z.strictObject({ recentSignIn: z.literal(true) }),
  ]),
  success: 200,
  response: z.strictObject({
    until: z.iso.datetime(),
    opens: z
      .enum(['everything', 'enrolment'])
      .meta({ description: '`enrolment`: staff without a second factor may turn one on, and nothing else' }),
  }),
  errors: [
    'mfa.code_needed',
    'mfa.code_invalid',
    'mfa.password_needed',
    'mfa.password_invalid',
    'mfa.no_proof_possible',
    'mfa.too_many_attempts',
    'auth.too_many_attempts',
  ],
  idempotency: 'none',
  rate: 'auth',
  needs: { table: 'write', secrets: ['mfa-key', 'password-pepper'] },
  impact: 'Players cannot change or delete what needs a step-up.',
  // Argon2, as at login, but rarely.
  memoryMb: 1769,
  reservedConcurrency: 10,
  budget: { readUnits: 4, writeUnits: 14 },
});

export const sendSecurityMails = defineSubscriber({
  id: 'mfa.send-security-mails',
  on: [MFA_ENABLED, MFA_DISABLED, MFA_RECOVERY_CODE_USED, MFA_RECOVERY_CODES_RENEWED],
  needs: { table: 'write', mail: true },
  impact: 'Players are not told by mail when somebody turns their second factor off or uses a recovery code.',
  timeoutSeconds: 15,
});

export const erasePersonalData = defineSubscriber({
  id: 'mfa.erase-personal-data',
  on: [ACCOUNT_ERASED],
  needs: { table: 'write' },
  impact: 'Secrets of second factors outlive the accounts that they belonged to.',
});

export const domain = defineDomain({
  name: 'mfa',
  summary: 'Second factors, recovery codes, and step-ups for risky acts.',
  errors: mfaErrors,
  foreignErrors: [authErrors],
  endpoints: [enrolTotp, confirmTotp, getStatus, renewRecoveryCodes, disable, verify, stepUp],
  subscribers: [sendSecurityMails, erasePersonalData],
});
