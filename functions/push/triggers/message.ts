import type { APIGatewayProxyResult } from 'aws-lambda';
import { triggerHandler } from '#shared/runtime/trigger-handler.ts';
import { message } from '../contract.ts';
import { clientOf, messageBytes, type SocketEvent } from '../gateway-event.ts';
import { serveMessage } from '../serve.ts';

/** Serves one message of a client. The last answer goes back with the gateway's; those before it are posted. */
export const handler = triggerHandler(message, async (event: SocketEvent): Promise<APIGatewayProxyResult> => {
  const client = clientOf(event);
  if (!client) return { statusCode: 401, body: '' };
  return { statusCode: 200, body: (await serveMessage(client, messageBytes(event))) ?? '' };
});
