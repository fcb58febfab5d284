import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { joinQueue } from '../contract.ts';
import { getActiveSession } from '../public.ts';
import { ask } from '../queue.ts';
import { isRealm } from '../realm-cap.ts';
import { shownAnswer } from '../view.ts';

export const handler = endpointHandler(joinQueue, async ({ input, actor, nowMs, commit, fail }) => {
  const { accountId, sessionId, roles } = actor;
  const { realmId } = input.body;
  if (!isRealm(realmId)) throw fail('session.realm_unknown');
  if (!(await getActiveSession(sessionId))) throw fail('auth.session_ended');
  return shownAnswer(await ask({ accountId, sessionId, roles, realmId, nowMs }, commit));
});
