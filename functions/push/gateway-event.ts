import type { AccountId, SessionId } from '#shared/kernel/ids.ts';
import type { AuthorizerContext } from '#shared/runtime/invocation.ts';
import type { Client } from './serve.ts';

/** The parts of the gateway's WebSocket events that we read. The authorizer's context comes with each of them. */
export interface SocketEvent {
  readonly requestContext: {
    readonly connectionId?: string;
    readonly authorizer?: Partial<AuthorizerContext> | null;
  };
  /** Only of `$connect`. Names keep the case in which the client sent them. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
}

/** Who is at the other end; undefined when no authorizer has vouched for them. */
export function clientOf({ requestContext }: SocketEvent): Client | undefined {
  const { connectionId, authorizer } = requestContext;
  if (!connectionId || !authorizer?.accountId || !authorizer.sessionId) return undefined;
  return {
    connectionId,
    accountId: authorizer.accountId as AccountId,
    sessionId: authorizer.sessionId as SessionId,
  };
}

/** The subprotocols that the client offered with its handshake. */
export function offeredProtocols({ headers }: SocketEvent): readonly string[] {
  const entry = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'sec-websocket-protocol');
  return (entry?.[1] ?? '')
    .split(',')
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol !== '');
}

/** The octets of a message. */
export function messageBytes({ body, isBase64Encoded }: SocketEvent): Buffer {
  return Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
}
