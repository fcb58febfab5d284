import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { AccountId, CharacterId, SessionId } from '#shared/kernel/ids.ts';
import { Instant } from './fields.ts';

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

const playingSession = { accountId: AccountId, sessionId: SessionId, characterId: CharacterId };

export const SESSION_RESTED = defineEvent({
  name: 'SESSION_RESTED',
  version: 1,
  owner: 'session',
  summary: 'A session plays its character no more and chooses anew; it stays open.',
  detail: z.strictObject(playingSession),
});

export const SESSION_DISCONNECTED = defineEvent({
  name: 'SESSION_DISCONNECTED',
  version: 1,
  owner: 'session',
  summary: 'A playing session was not heard of any more. Its character stays in the world until the grace ends.',
  detail: z.strictObject({
    ...playingSession,
    lastSeenAt: Instant,
    graceEndsAt: Instant.meta({ description: 'The session ends unless it is heard of before' }),
  }),
});

export const SESSION_RESUMED = defineEvent({
  name: 'SESSION_RESUMED',
  version: 1,
  owner: 'session',
  summary: 'A session that was taken for disconnected is heard of again, and plays on.',
  detail: z.strictObject(playingSession),
});

export const SESSION_AFK = defineEvent({
  name: 'SESSION_AFK',
  version: 1,
  owner: 'session',
  summary: 'A session is heard of, but its player has done nothing for a while.',
  detail: z.strictObject({
    ...playingSession,
    activeAt: Instant.meta({ description: 'When the player last did something' }),
  }),
});

export const PRESENCE_CHANGED = defineEvent({
  name: 'PRESENCE_CHANGED',
  version: 1,
  owner: 'session',
  summary: 'What others see of a player has changed. Who is invisible is offline to them.',
  detail: z.strictObject({ accountId: AccountId, status: z.enum(['online', 'afk', 'offline']) }),
});
