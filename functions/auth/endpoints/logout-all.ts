import { closeAllSessions, closeSession, getActiveSession, requireActiveSession } from '#functions/session/public.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { logoutAll } from '../contract.ts';

/** A session that was thrown out itself throws nobody out. */
export const handler = endpointHandler(logoutAll, ({ input, actor, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const { accountId, sessionId } = actor;
    const own = await getActiveSession(sessionId);
    if (!own) throw fail('auth.session_ended');
    const others = await closeAllSessions(accountId, 'logout_everywhere', nowMs, { except: sessionId });
    const current = input.body.keepCurrent
      ? { writes: [requireActiveSession(sessionId)] }
      : closeSession(own, 'logout_everywhere', nowMs);
    await commit(mergeChanges(others, current));
  }),
);
