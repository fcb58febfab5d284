import type { APIGatewayProxyResult } from 'aws-lambda';
import { clock } from '#shared/kernel/clock.ts';
import { triggerHandler } from '#shared/runtime/trigger-handler.ts';
import { errorFrame } from '#shared/stomp/session.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { closeConnection } from '../close.ts';
import { connect } from '../contract.ts';
import { clientOf, offeredProtocols, type SocketEvent } from '../gateway-event.ts';
import { choosePlace, socketLimits } from '../rules.ts';
import { listPlaces, openConnection } from '../store.ts';

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

  const { connectionId, accountId, sessionId } = client;
  const displaced = await withConflictRetry(async () => {
    const nowMs = clock.nowMs();
    const chosen = choosePlace(await listPlaces(accountId), nowMs);
    const expiresAtMs = nowMs + socketLimits.connectionLifeMs;
    await openConnection({ connectionId, accountId, sessionId, connectedAtMs: nowMs, expiresAtMs }, chosen);
    return chosen.displaces ? chosen.occupant : undefined;
  });
  if (displaced) {
    const farewell = errorFrame('socket.replaced', 'A newer connection of this account took the place of this one.');
    await closeConnection(displaced.connectionId, farewell);
  }
  return {
    statusCode: 200,
    body: '',
    ...(offered.length > 0 ? { headers: { 'Sec-WebSocket-Protocol': PROTOCOL } } : {}),
  };
});
