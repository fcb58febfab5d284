import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { errorFrame } from '#shared/stomp/session.ts';
import { closeConnection } from '../close.ts';
import { closeSockets } from '../contract.ts';
import { listConnections } from '../store.ts';

/**
 * Closes the sockets of a session that has ended, each with its reason. Closing is the same however often it is done,
 * so no mark is kept of the event.
 */
export const handler = subscriberHandler(closeSockets, async ({ data }) => {
  const reason = 'reason' in data ? data.reason : 'logout';
  const farewell = errorFrame('socket.session_ended', `This session has ended: ${reason}.`, undefined, reason);
  const own = (await listConnections(data.accountId)).filter(({ sessionId }) => sessionId === data.sessionId);
  await Promise.all(own.map((connection) => closeConnection(connection, farewell)));
});
