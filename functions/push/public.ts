import { toIso } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { listConnections } from './store.ts';

/** What is stored here of a player, for themselves. Topics keep what they have said for a day at most. */
export async function exportOf(accountId: AccountId): Promise<object> {
  const connections = await listConnections(accountId);
  return {
    sockets: connections.map(({ sessionId, connectedAtMs }) => ({ sessionId, connectedAt: toIso(connectedAtMs) })),
  };
}
