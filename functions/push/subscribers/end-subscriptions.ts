import { getSession } from '#functions/session/public.ts';
import { gatewayTopics } from '#functions/topics.ts';
import type { AccountId, SessionId } from '#shared/kernel/ids.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { audienceChecks, type Listener } from '../audiences.ts';
import { endSubscriptions } from '../contract.ts';
import { findTopic } from '../rules.ts';
import { type Connection, listConnections, removeSubscription } from '../store.ts';

/**
 * Somebody belongs to a group no more, or plays another character: their sockets stop hearing what is not for them. Every
 * subscription is judged as if it were asked for now; ending one twice is the same, so no mark is kept of the event.
 */
export const handler = subscriberHandler(endSubscriptions, async ({ data }, { nowMs }) => {
  const accounts = 'members' in data ? data.members.map(({ accountId }) => accountId) : [data.accountId];
  for (const accountId of new Set(accounts)) {
    for (const connection of await listConnections(accountId)) {
      if (connection.expiresAtMs > nowMs) await judgeConnection(accountId, connection);
    }
  }
});

async function judgeConnection(accountId: AccountId, connection: Connection): Promise<void> {
  if (connection.subscriptions.length === 0) return;
  const sessionId = connection.sessionId as SessionId;
  const session = await getSession(sessionId);
  const listener: Listener = { accountId, sessionId, characterId: session?.characterId };
  for (const subscription of connection.subscriptions) {
    const match = findTopic(gatewayTopics, subscription.destination);
    const allows = match && audienceChecks[match.topic.audience];
    if (allows && !(await allows(match.params, listener))) await removeSubscription(connection, subscription);
  }
}
