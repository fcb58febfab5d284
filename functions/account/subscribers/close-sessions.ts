import { closeAllSessions } from '#functions/session/public.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { closeSessions } from '../contract.ts';
import { standingOf } from '../standing.ts';
import { getAccount } from '../store.ts';

/** Ends what is still open, unless the account may be used again by now: then the sessions are new ones. */
export const handler = subscriberHandler(closeSessions, async ({ data: { accountId } }, { nowMs, commit }) => {
  const { kind } = standingOf(await getAccount(accountId), nowMs);
  if (kind === 'active') return;
  await commit(await closeAllSessions(accountId, kind === 'banned' ? 'banned' : 'account_deleted', nowMs));
});
