import { defineKeys } from '../define-keys.ts';

/** Keys of what proves who a player is: credentials, registrations, refresh families, tickets, lockouts. */
export const authKeys = defineKeys('auth', {
  emailClaim: {
    pk: 'EMAIL#{emailHash}',
    sk: 'EMAIL',
    access: ['find the account of an e-mail address', 'put if absent: one account per address'],
  },
  credential: {
    pk: 'ACC#{accountId}',
    sk: 'CREDENTIAL',
    access: ["get an account's password hash"],
  },
  registration: {
    pk: 'REG#{accountId}',
    sk: 'REG',
    gsi1: { pk: 'REGMAIL#{emailHash}', sk: '{createdAt}~{accountId}' },
    access: ['get the registration that a mailed token names', 'newest registration of an address (gsi1)'],
  },
  resendRequest: {
    pk: 'RESEND#{requestId}',
    sk: 'RESEND',
    access: ['get whose confirmation mail was asked for again'],
  },
  mailQuota: {
    pk: 'MAILQUOTA#{emailHash}~{windowStart}',
    sk: 'QUOTA',
    access: ['take one of the mails that an address may get in a window'],
  },
  loginLock: {
    pk: 'LOGINLOCK#{subject}',
    sk: 'LOCK',
    access: ['reserve a login attempt for an address, whether or not it has an account, or for a known device'],
  },
  networkFailures: {
    pk: 'LOGINFAIL#{network}~{windowStart}',
    sk: 'FAILURES',
    access: ['count failed logins from a network in a window'],
  },
  loginAlarmCounter: {
    pk: 'LOGINALARM#{shard}~{windowStart}',
    sk: 'FAILURES',
    access: ['count failed logins of everybody in a window, over shards'],
  },
  loginAlarm: {
    pk: 'LOGINALARM#ALL',
    sk: 'ALARM',
    access: ['whether logins need a proof of work now'],
  },
  spentProof: {
    pk: 'LOGINPROOF#{challengeHash}',
    sk: 'SPENT',
    access: ['put if absent: a proof of work counts once'],
  },
  knownDevice: {
    pk: 'ACC#{accountId}',
    sk: 'DEVICE#{deviceHash}',
    access: ['get the device that a token names', 'all devices of an account'],
  },
  loginCounter: {
    pk: 'LOGINS#{accountId}',
    sk: 'COUNTER',
    access: ["take the number of an account's next login attempt"],
  },
  login: {
    pk: 'LOGINS#{accountId}',
    sk: 'LOGIN#{number}',
    access: ["an account's login attempts, newest first", 'delete the oldest by its number'],
  },
  refreshFamily: {
    pk: 'REFRESH#{familyId}',
    sk: 'FAMILY',
    access: ['get the family that a refresh token names', 'rotate if still current'],
  },
  ticket: {
    pk: 'TICKET#{ticketHash}',
    sk: 'TICKET',
    access: ['redeem once: conditional delete'],
  },
});
