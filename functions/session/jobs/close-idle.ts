import { GameError } from '#shared/contract/errors.ts';
import { jobHandler } from '#shared/runtime/job-handler.ts';
import { closeIdle } from '../contract.ts';
import { closeSession } from '../public.ts';
import { idleLimitMs } from '../rules.ts';
import { DUE_SHARDS, lastSeenOf, listDueSessions, updateDue } from '../store.ts';

/** Sessions of one shard in one run; the rest waits for the next. */
const BATCH = 100;

/**
 * Looks at sessions whose time for a look has come: closes the idle, and sets the others a new time. A session that
 * changes meanwhile is left for the next run.
 */
export const handler = jobHandler(closeIdle, async ({ nowMs, operation }) => {
  let processed = 0;
  for (let shard = 0; shard < DUE_SHARDS; shard += 1) {
    const sessions = await listDueSessions(shard, nowMs, BATCH);
    const seenAtMs = await lastSeenOf(sessions);
    for (const [index, session] of sessions.entries()) {
      const dueAtMs = seenAtMs[index]! + idleLimitMs(session);
      const isIdle = dueAtMs <= nowMs;
      const changes = isIdle ? closeSession(session, 'expired', nowMs) : { writes: [updateDue(session, dueAtMs)] };
      try {
        await operation(session.sessionId).commit(changes);
        if (isIdle) processed += 1;
      } catch (error) {
        if (!(error instanceof GameError && error.code === 'request.conflict')) throw error;
      }
    }
  }
  return { processed };
});
