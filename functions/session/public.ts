import { LOGOUT, SESSION_CLOSED, SESSION_RESTED } from '#events/session.ts';
import { type Changes, event, mergeChanges } from '#shared/events/changes.ts';
import type { AccountId, CharacterId, SessionId } from '#shared/kernel/ids.ts';
import type { Write } from '#shared/table/write.ts';
import type { CloseReason } from './close-reasons.ts';
import { beginPresence } from './presence.ts';
import { deviceLabel, sessionLimits } from './rules.ts';
import {
  checkActive,
  getSession,
  getSessionBeside,
  listActiveSessions,
  putSession,
  type Session,
  updateCharacter,
  updateClosed,
  updateResting,
} from './store.ts';
import { putBeat } from './store-beats.ts';
import { getPlay, type Play, putPlay } from './store-plays.ts';

export { exportOf } from './export.ts';
export { OPEN_SESSION_SHARDS, pageOpenSessions } from './open-sessions.ts';
export {
  exemptFromAfk,
  lastVisitMsOf,
  type Played,
  playedAmong,
  playedBy,
  playingAmong,
  presenceNow,
  presencesOf,
  type ShownPresence,
  setMatch,
} from './presence.ts';
export { takeSlot } from './queue.ts';
export type { CloseReason, Play, Session };
export { deviceLabel, getPlay, getSession, getSessionBeside };

/** The session when it is live, otherwise undefined. Strongly consistent. */
export async function getActiveSession(sessionId: SessionId): Promise<Session | undefined> {
  const session = await getSession(sessionId);
  return session?.state === 'ACTIVE' ? session : undefined;
}

/** Opens a session for a login. */
export function openSession(login: {
  readonly sessionId: SessionId;
  readonly accountId: AccountId;
  readonly deviceName: string | undefined;
  readonly userAgent: string;
  readonly nowMs: number;
}): Changes {
  const { sessionId, accountId, nowMs } = login;
  const device = deviceLabel(login.deviceName, login.userAgent);
  return {
    writes: [putSession({ sessionId, accountId, device, startedAtMs: nowMs }, nowMs + sessionLimits.restingIdleMs)],
  };
}

/**
 * Ends a session; a session that has changed since it was read fails the commit with `request.conflict`.
 * A logout is told twice: `LOGOUT` as the player's own act, `SESSION_CLOSED` as what follows every end of a session.
 */
export function closeSession(session: Session, reason: CloseReason, nowMs: number): Changes {
  const { sessionId, accountId, characterId } = session;
  const fact = { aggregateId: sessionId, aggregateSeq: session.version + 1 };
  const ended = { accountId, sessionId, ...(characterId ? { characterId } : {}) };
  return {
    writes: [updateClosed(session, reason, nowMs)],
    events: [
      ...(reason === 'logout' ? [event(LOGOUT, { ...fact, data: ended })] : []),
      event(SESSION_CLOSED, { ...fact, data: { ...ended, reason } }),
    ],
  };
}

/**
 * Ends every session of the account but the one excepted; at most 20. The list comes from an index that may lag by a
 * moment: a login of that moment may stay open.
 */
export async function closeAllSessions(
  accountId: AccountId,
  reason: CloseReason,
  nowMs: number,
  { except }: { readonly except?: SessionId } = {},
): Promise<Changes> {
  const listed = (await listActiveSessions(accountId)).filter(({ sessionId }) => sessionId !== except);
  const open = await Promise.all(listed.map(({ sessionId }) => getActiveSession(sessionId)));
  return mergeChanges(...open.flatMap((session) => (session ? [closeSession(session, reason, nowMs)] : [])));
}

/**
 * Makes this session the account's playing one, with this character. Newest wins: where another session plays, it is
 * closed in the same transaction. Empty when the session plays the character already.
 */
export async function playCharacter(session: Session, characterId: CharacterId, nowMs: number): Promise<Changes> {
  const { sessionId, accountId } = session;
  const current = await getPlay(accountId);
  const isMine = current?.sessionId === sessionId;
  if (isMine && session.characterId === characterId) return {};
  const other = current && !isMine ? await getActiveSession(current.sessionId) : undefined;
  const play: Play = { accountId, sessionId, characterId, epoch: (current?.epoch ?? 0) + 1 };
  return mergeChanges(
    // Due at once and always: whoever plays is looked at every minute.
    { writes: [putPlay(play, nowMs), updateCharacter(session, play, nowMs)] },
    await beginPresence({ accountId, sessionId, characterId }, nowMs),
    // A session that went back to choosing a character plays no more: it may stay.
    other?.characterId ? closeSession(other, 'superseded', nowMs) : {},
  );
}

/**
 * The session goes back to choosing a character; it stays open. A session that has changed since it was read fails the
 * commit with `request.conflict`.
 */
export function stopPlaying(session: Session, nowMs: number): Changes {
  const { sessionId, accountId, characterId, version } = session;
  const data = characterId && { accountId, sessionId, characterId };
  return {
    writes: [updateResting(session, nowMs + sessionLimits.restingIdleMs), putBeat(sessionId, nowMs)],
    events: data ? [event(SESSION_RESTED, { aggregateId: sessionId, aggregateSeq: version + 1, data })] : [],
  };
}

/** What keeps a character from being deleted: a live session plays it. */
export async function obligationsOf(who: {
  readonly accountId: AccountId;
  readonly characterId: CharacterId;
}): Promise<readonly 'session.selected'[]> {
  const play = await getPlay(who.accountId);
  if (play?.characterId !== who.characterId) return [];
  const session = await getActiveSession(play.sessionId);
  return session?.characterId === who.characterId ? ['session.selected'] : [];
}

/** Notes with the commit that the session was heard of. */
export function touchSession(sessionId: SessionId, nowMs: number): Changes {
  return { writes: [putBeat(sessionId, nowMs)] };
}

/** Condition of a joint transaction: the session is live and, where one is named, plays that character. */
export function requireActiveSession(sessionId: SessionId, characterId?: CharacterId): Write {
  return checkActive(sessionId, characterId);
}
