import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { AccountId, CharacterId, SessionId } from '#shared/kernel/ids.ts';

const endedSession = {
  accountId: AccountId,
  sessionId: SessionId,
  characterId: CharacterId.optional(),
};

export const LOGOUT = defineEvent({
  name: 'LOGOUT',
  version: 1,
  owner: 'session',
  summary: 'A player has logged out by their own will.',
  detail: z.strictObject(endedSession),
});

export const SESSION_CLOSED = defineEvent({
  name: 'SESSION_CLOSED',
  version: 1,
  owner: 'session',
  summary: 'A session has ended, for whatever reason: its sockets close and its character leaves the zone.',
  detail: z.strictObject({
    ...endedSession,
    reason: z.enum([
      'logout',
      'superseded',
      'expired',
      'afk',
      'revoked',
      'password_changed',
      'logout_everywhere',
      'refresh_reused',
      'banned',
      'account_deleted',
    ]),
  }),
});
