import { closeSession, getActiveSession } from '#functions/session/public.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { logout } from '../contract.ts';

/** A session that has ended already is logged out. */
export const handler = endpointHandler(logout, ({ actor, nowMs, commit }) =>
  withConflictRetry(async () => {
    const session = await getActiveSession(actor.sessionId);
    if (session) await commit(closeSession(session, 'logout', nowMs));
  }),
);
