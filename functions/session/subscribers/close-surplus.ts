import { mergeChanges } from '#shared/events/changes.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { closeSurplus } from '../contract.ts';
import { closeSession, getActiveSession } from '../public.ts';
import { surplusSessions } from '../rules.ts';
import { listActiveSessions } from '../store.ts';

/** Ends an account's oldest sessions where a login has made them too many. */
export const handler = subscriberHandler(closeSurplus, async (event, { nowMs, commit }) => {
  const listed = surplusSessions(await listActiveSessions(event.data.accountId));
  // The list comes from an index that may lag: only what is really still open is closed.
  const open = await Promise.all(listed.map((session) => getActiveSession(session.sessionId)));
  await commit(
    mergeChanges(...open.flatMap((session) => (session ? [closeSession(session, 'superseded', nowMs)] : []))),
  );
});
