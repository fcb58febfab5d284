import { randomBytes, randomUUID } from 'node:crypto';
import type { ApiDeclaration } from '../gateway/declaration.ts';
import { requestTime } from '../gateway/request-time.ts';
import type { Connection, HandshakeFields } from './connection.ts';

type EventType = 'CONNECT' | 'MESSAGE' | 'DISCONNECT';

/** `requestContext` of every event of a connection. */
export function requestContext(
  api: ApiDeclaration,
  connection: Connection,
  routeKey: string,
  eventType: EventType,
  nowMs: number,
) {
  return {
    routeKey,
    ...(connection.authorizer && { authorizer: connection.authorizer }),
    eventType,
    extendedRequestId: randomBytes(11).toString('base64'),
    requestTime: requestTime(nowMs),
    messageDirection: 'IN',
    stage: api.stage,
    connectedAt: connection.connectedAtMs,
    requestTimeEpoch: nowMs,
    identity: {
      ...(connection.userAgent !== '' && { userAgent: connection.userAgent }),
      sourceIp: connection.sourceIp,
    },
    requestId: randomUUID(),
    domainName: connection.host,
    connectionId: connection.id,
    apiId: api.id,
  };
}

export function connectEvent(api: ApiDeclaration, connection: Connection, handshake: HandshakeFields, nowMs: number) {
  return {
    ...handshake,
    requestContext: requestContext(api, connection, '$connect', 'CONNECT', nowMs),
    isBase64Encoded: false,
  };
}

export function messageEvent(
  api: ApiDeclaration,
  connection: Connection,
  routeKey: string,
  body: string,
  nowMs: number,
) {
  return {
    requestContext: {
      ...requestContext(api, connection, routeKey, 'MESSAGE', nowMs),
      messageId: randomBytes(11).toString('base64'),
    },
    body,
    isBase64Encoded: false,
  };
}

export function disconnectEvent(
  api: ApiDeclaration,
  connection: Connection,
  code: number,
  reason: string,
  nowMs: number,
) {
  const headers = { Host: connection.host, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' };
  return {
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    requestContext: {
      ...requestContext(api, connection, '$disconnect', 'DISCONNECT', nowMs),
      disconnectStatusCode: code,
      disconnectReason: reason,
    },
    isBase64Encoded: false,
  };
}
