import { defineKeys } from '../define-keys.ts';

/** Keys of sessions. The session row itself changes rarely; what each heart-beat writes is an item of its own, in no index. */
export const sessionKeys = defineKeys('session', {
  session: {
    pk: 'SES#{sessionId}',
    sk: 'SESSION',
    gsi1: { pk: 'ACCSES#{accountId}', sk: '{startedAt}~{sessionId}' },
    gsi2: { pk: 'SESDUE#{shard}', sk: '{dueAt}~{sessionId}' },
    gsi3: { pk: 'ACCPAST#{accountId}', sk: '{closedAt}~{sessionId}' },
    access: [
      'get by id',
      'condition of a write: the session is active and plays this character',
      "list an account's active sessions, oldest first (gsi1, sparse)",
      'sessions of a shard that are due for a look, earliest first; those that play always are (gsi2, sparse)',
      "list an account's closed sessions, oldest first (gsi3, sparse)",
    ],
  },
  beat: {
    pk: 'SES#{sessionId}',
    sk: 'BEAT',
    access: ['get or set when a session that plays nothing was last heard of'],
  },
  play: {
    pk: 'PLAY#{accountId}',
    sk: 'PLAY',
    access: ["get or claim the account's one playing session"],
  },
  presence: {
    pk: 'ACCPRESENCE#{accountId}',
    sk: 'PRESENCE',
    access: ["get or renew a player's lease", 'get many by account: who is online'],
  },
  slot: {
    pk: 'REALMSLOT#{accountId}',
    sk: 'SLOT',
    gsi1: { pk: 'SLOTDUE#{realmId}', sk: '{dueAt}~{accountId}' },
    access: ["get, take or free the account's place on a realm", 'places of a realm that are due for a look (gsi1)'],
  },
  population: {
    pk: 'REALM#{realmId}',
    sk: 'POPULATION#{shard}',
    access: ['count the places taken, all shards in one query', 'take or free one within the shard’s share of the cap'],
  },
  cap: {
    pk: 'REALM#{realmId}',
    sk: 'CAP',
    access: ['get or set the cap that operators have ordered'],
  },
  queue: {
    pk: 'REALM#{realmId}',
    sk: 'QUEUE',
    access: ['draw the next number', 'get how the queue stood when it was last walked'],
  },
  queueEntry: {
    pk: 'QUEUE#{realmId}',
    sk: 'ENTRY#{number}',
    access: ['walk the queue from its head', 'refresh or delete an entry', 'count those between two numbers'],
  },
  queued: {
    pk: 'QUEUED#{accountId}',
    sk: 'QUEUED',
    access: ['get where the account stands'],
  },
});
