import { defineKeys } from '../define-keys.ts';

/** Keys of trades between players: the trade itself, who is in one, and what was traded. */
export const tradeKeys = defineKeys('trade', {
  trade: {
    pk: 'TRADE#{tradeId}',
    sk: 'TRADE',
    gsi1: { pk: 'TRADEDUE#{shard}', sk: '{dueAt}~{tradeId}' },
    gsi2: { pk: 'TRADEASKED#{characterId}', sk: '{expiresAt}~{tradeId}' },
    access: [
      'get by id',
      'change if it is as it was read',
      'trades of a shard whose time has run out, earliest first (gsi1, sparse)',
      'open requests to a character, the newest first (gsi2, sparse)',
    ],
  },
  trading: {
    pk: 'TRADING#{characterId}',
    sk: 'TRADING',
    access: ['get the trade that a character is in', 'take or free the one place that a character has for a trade'],
  },
  declined: {
    pk: 'TRADING#{characterId}',
    sk: 'DECLINED#{otherId}',
    access: ['condition of a request: the other has not declined one a moment ago'],
  },
  given: {
    pk: 'TRADEGIVEN#{accountId}',
    sk: 'DAY#{day}',
    access: ['count what an account gives away in a day, if that is within its allowance'],
  },
  past: {
    pk: 'TRADED#{characterId}',
    sk: 'PAST#{completedAt}~{tradeId}',
    gsi1: { pk: 'TRADEDWITH#{characterId}~{partnerId}', sk: '{completedAt}~{tradeId}' },
    access: ["list a character's completed trades, newest first", 'list those with one partner, newest first (gsi1)'],
  },
});
