import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { revokeSession } from '../contract.ts';
import { closeSession, getActiveSession } from '../public.ts';

/** Somebody else's session, one that has ended and one that never was look alike. */
export const handler = endpointHandler(revokeSession, ({ input, actor, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const session = await getActiveSession(input.params.sessionId);
    if (session?.accountId !== actor.accountId) throw fail('request.not_found');
    await commit(closeSession(session, 'revoked', nowMs));
  }),
);
