import { GameError } from '#shared/contract/errors.ts';
import { type Changes, mergeChanges } from '#shared/events/changes.ts';
import { jobHandler } from '#shared/runtime/job-handler.ts';
import { closeIdle } from '../contract.ts';
import { begun, changePresence, endPresence } from '../presence.ts';
import { judgeIdle, noPresence, type Presence, stateAt } from '../presence-rules.ts';
import { closeSession } from '../public.ts';
import { sessionLimits } from '../rules.ts';
import { DUE_SHARDS, listDueSessions, type Session, updateDue } from '../store.ts';
import { lastSeenOf } from '../store-beats.ts';
import { listPresences, PRESENCE_BATCH } from '../store-presence.ts';

/** Sessions that one run looks at in one shard, in pages; the rest waits for the next. */
const PAGES = 100;
/** Commits under way at once. */
const PARALLEL = 8;

/** What the look at a session comes to. */
interface Finding {
  readonly session: Session;
  readonly changes: Changes;
}

/**
 * Looks at sessions whose time for a look has come, and at all that play. Those of players who are gone or away are
 * told of, and closed when their time is up. A session that changes meanwhile is left for the next run.
 */
export const handler = jobHandler(closeIdle, async ({ nowMs, operation }) => {
  const commit = async ({ session, changes }: Finding): Promise<boolean> => {
    try {
      await operation(session.sessionId).commit(changes);
      return true;
    } catch (error) {
      if (!(error instanceof GameError && error.code === 'request.conflict')) throw error;
      return false;
    }
  };
  const shards = await Promise.all(
    Array.from({ length: DUE_SHARDS }, async (_none, shard) => {
      let processed = 0;
      let page: Awaited<ReturnType<typeof listDueSessions>> | undefined;
      for (let count = 0; count < PAGES && (!page || page.lastKey); count += 1) {
        page = await listDueSessions(shard, { nowMs, limit: PRESENCE_BATCH, after: page?.lastKey });
        const findings = [...(await judgePlaying(page.sessions, nowMs)), ...(await judgeResting(page.sessions, nowMs))];
        for (let from = 0; from < findings.length; from += PARALLEL) {
          const done = await Promise.all(findings.slice(from, from + PARALLEL).map(commit));
          processed += done.filter(Boolean).length;
        }
      }
      return processed;
    }),
  );
  return { processed: shards.reduce((sum, count) => sum + count, 0) };
});

/** Those that play: their presence tells. */
async function judgePlaying(sessions: readonly Session[], nowMs: number): Promise<readonly Finding[]> {
  const playing = sessions.filter(({ characterId }) => characterId !== undefined);
  const accounts = [...new Set(playing.map(({ accountId }) => accountId))];
  const presences = new Map((await listPresences(accounts)).map((presence) => [presence.accountId, presence]));
  return playing.flatMap((session) => {
    const stored = presences.get(session.accountId);
    const isOwn = stored?.sessionId === session.sessionId && stored.state !== 'OFFLINE';
    const seen: Presence = isOwn ? stored : orphaned(session);
    const changes = consequence(session, seen, { isOwn, nowMs });
    return changes ? [{ session, changes }] : [];
  });
}

/** A session that plays without a presence of its own counts from its start. */
function orphaned({ accountId, sessionId, characterId, startedAtMs }: Session): Presence {
  return begun(noPresence(accountId), { sessionId, characterId: characterId! }, startedAtMs);
}

function consequence(
  session: Session,
  seen: Presence,
  { isOwn, nowMs }: { isOwn: boolean; nowMs: number },
): Changes | undefined {
  const close = (reason: 'expired' | 'afk') =>
    mergeChanges(closeSession(session, reason, nowMs), isOwn ? endPresence(seen) : {});
  switch (judgeIdle(seen, nowMs)) {
    case 'expire':
      return close('expired');
    case 'log_out':
      return close('afk');
    case 'disconnected':
    case 'afk':
      return isOwn ? changePresence(seen, { ...seen, state: stateAt(seen, nowMs) }) : undefined;
    case 'stay':
      return undefined;
  }
}

/** Those that play nothing: the last that was heard of them tells. */
async function judgeResting(sessions: readonly Session[], nowMs: number): Promise<readonly Finding[]> {
  const resting = sessions.filter(({ characterId }) => characterId === undefined);
  const seenAtMs = await lastSeenOf(resting);
  return resting.map((session, index) => {
    const dueAtMs = seenAtMs[index]! + sessionLimits.restingIdleMs;
    const isOver = dueAtMs <= nowMs;
    return {
      session,
      changes: isOver ? closeSession(session, 'expired', nowMs) : { writes: [updateDue(session, dueAtMs)] },
    };
  });
}
