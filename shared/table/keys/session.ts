import { defineKeys } from '../define-keys.ts';

/** Keys of sessions. The session row itself changes rarely; what each heart-beat writes is an item of its own, in no index. */
export const sessionKeys = defineKeys('session', {
  session: {
    pk: 'SES#{sessionId}',
    sk: 'SESSION',
    gsi1: { pk: 'ACCSES#{accountId}', sk: '{startedAt}~{sessionId}' },
    gsi2: { pk: 'SESDUE#{shard}', sk: '{dueAt}~{sessionId}' },
    access: [
      'get by id',
      'condition of a value write: the session is active and plays this character',
      "list an account's active sessions, oldest first (gsi1, sparse)",
      'sessions of a shard whose idleness is due for a look, earliest first (gsi2, sparse)',
    ],
  },
  beat: {
    pk: 'SES#{sessionId}',
    sk: 'BEAT',
    access: ['get or set when the session was last heard of'],
  },
  play: {
    pk: 'PLAY#{accountId}',
    sk: 'PLAY',
    access: ["get or claim the account's one playing session"],
  },
});
