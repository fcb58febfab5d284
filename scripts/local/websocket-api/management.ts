import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connection } from './connection.ts';

/** Largest message that may be posted to a connection. */
const POST_LIMIT_BYTES = 128 * 1024;

/** What a slow client may leave unread before its connection is given up. */
const UNREAD_LIMIT_BYTES = 4 * 1024 * 1024;

export interface ManagementOptions {
  /** `/dev/@connections/` */
  readonly prefix: string;
  find(connectionId: string): Connection | undefined;
  nowMs(): number;
}

/**
 * The connection management API: POST sends to a client, GET tells of it, DELETE closes it. Answers as the SDK expects:
 * `GoneException` for a connection that is closed, unknown, or whose $connect has not ended.
 */
export async function handleManagement(
  options: ManagementOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '').split('?')[0]!;
  if (!path.startsWith(options.prefix)) return refuse(response, 403, 'ForbiddenException', 'Forbidden');
  if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256')) {
    return refuse(response, 403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= POST_LIMIT_BYTES) chunks.push(chunk);
  }
  if (size > POST_LIMIT_BYTES) return refuse(response, 413, 'PayloadTooLargeException', 'Payload Too Large');

  const connection = options.find(decodeURIComponent(path.slice(options.prefix.length)));
  const socket = connection?.socket;
  if (!connection || !socket || socket.readyState !== socket.OPEN)
    return refuse(response, 410, 'GoneException', 'Gone');

  switch (request.method) {
    case 'POST': {
      if (socket.bufferedAmount > UNREAD_LIMIT_BYTES) {
        socket.terminate();
        return refuse(response, 410, 'GoneException', 'Gone');
      }
      connection.lastActiveAtMs = options.nowMs();
      const sent = await new Promise<boolean>((resolve) => {
        socket.send(Buffer.concat(chunks).toString('utf8'), (error) => resolve(!error));
      });
      if (!sent) return refuse(response, 410, 'GoneException', 'Gone');
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '0' }).end();
      return;
    }
    case 'GET': {
      const body = JSON.stringify({
        connectedAt: new Date(connection.connectedAtMs).toISOString(),
        identity: { sourceIp: connection.sourceIp, userAgent: connection.userAgent },
        lastActiveAt: new Date(connection.lastActiveAtMs).toISOString(),
      });
      response.writeHead(200, { 'content-type': 'application/json' }).end(body);
      return;
    }
    case 'DELETE':
      socket.close(1000, 'Connection closed by the service');
      response.writeHead(204).end();
      return;
    default:
      return refuse(response, 405, 'MethodNotAllowedException', 'Method Not Allowed');
  }
}

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type })
    .end(JSON.stringify({ message }));
}
