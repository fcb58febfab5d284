import type { APIGatewayProxyResult } from 'aws-lambda';
import { clock } from '#shared/kernel/clock.ts';
import { triggerHandler } from '#shared/runtime/trigger-handler.ts';
import { errorFrame } from '#shared/stomp/session.ts';
import { closeConnection } from '../close.ts';
import { connect } from '../contract.ts';
import { clientOf, offeredProtocols, type SocketEvent } from '../gateway-event.ts';
import { socketLimits, surplusOf } from '../rules.ts';
import { forgetConnection, listConnections, openConnection } from '../store.ts';

const PROTOCOL = 'v12.stomp';

/**
 * Admits an authenticated client that speaks STOMP 1.2. Posts nothing to it: the gateway opens the connection only
 * once this has answered.
 */
export const handler = triggerHandler(connect, async (event: SocketEvent): Promise<APIGatewayProxyResult> => {
  const client = clientOf(event);
  if (!client) return { statusCode: 401, body: '' };
  const offered = offeredProtocols(event);
  if (offered.length > 0 && !offered.includes(PROTOCOL)) return { statusCode: 400, body: '' };

  // Stored first and looked at second: of several who come at once, the last to look sees them all.
  const nowMs = clock.nowMs();
  await openConnection({ ...client, connectedAtMs: nowMs, expiresAtMs: nowMs + socketLimits.connectionLifeMs });
  const { displaced, expired } = surplusOf(await listConnections(client.accountId), nowMs);
  const farewell = errorFrame('socket.replaced', 'A newer connection of this account took the place of this one.');
  await Promise.all([
    ...expired.map(forgetConnection),
    ...displaced.map((one) =>
      one.connectionId === client.connectionId ? forgetConnection(one) : closeConnection(one, farewell),
    ),
  ]);
  if (displaced.some(({ connectionId }) => connectionId === client.connectionId)) return { statusCode: 429, body: '' };
  return {
    statusCode: 200,
    body: '',
    ...(offered.length > 0 ? { headers: { 'Sec-WebSocket-Protocol': PROTOCOL } } : {}),
  };
});
