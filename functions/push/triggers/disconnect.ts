import type { APIGatewayProxyResult } from 'aws-lambda';
import { triggerHandler } from '#shared/runtime/trigger-handler.ts';
import { disconnect } from '../contract.ts';
import { clientOf, type SocketEvent } from '../gateway-event.ts';
import { forgetConnection } from '../store.ts';

/** Forgets a connection that has closed. The gateway tells of it as a rule, not always: rows also expire. */
export const handler = triggerHandler(disconnect, async (event: SocketEvent): Promise<APIGatewayProxyResult> => {
  const client = clientOf(event);
  if (client) await forgetConnection(client);
  return { statusCode: 200, body: '' };
});
