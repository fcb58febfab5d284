import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';

/** A client from the moment of its upgrade request. */
export interface Connection {
  readonly id: string;
  readonly connectedAtMs: number;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly host: string;
  /** What the authorizer said of it: repeated in each of its events. */
  readonly authorizer: Record<string, unknown> | undefined;
  /** Set once $connect has succeeded; until then nobody can post to it. */
  socket: WebSocket | undefined;
  lastActiveAtMs: number;
  /** Each message's integration runs after the one before it has ended. */
  tail: Promise<void>;
  /** Messages received and not yet handled. */
  pending: number;
  /** Nothing of it is handled any more. */
  closing: boolean;
}

/** Handshake headers and query in the two forms that $connect events carry. */
export interface HandshakeFields {
  readonly headers: Record<string, string>;
  readonly multiValueHeaders: Record<string, string[]>;
  readonly queryStringParameters?: Record<string, string>;
  readonly multiValueQueryStringParameters?: Record<string, string[]>;
}

/** Header names keep the case in which they were sent; of duplicates the plain form holds the last. */
export function handshakeFields(request: IncomingMessage): HandshakeFields {
  const multiValueHeaders: Record<string, string[]> = {};
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index]!;
    multiValueHeaders[name] = [...(multiValueHeaders[name] ?? []), request.rawHeaders[index + 1]!];
  }
  const query: Record<string, string[]> = {};
  for (const [name, value] of new URL(request.url ?? '/', 'ws://local').searchParams) {
    query[name] = [...(query[name] ?? []), value];
  }
  return {
    headers: lastOfEach(multiValueHeaders),
    multiValueHeaders,
    ...(Object.keys(query).length > 0 && {
      queryStringParameters: lastOfEach(query),
      multiValueQueryStringParameters: query,
    }),
  };
}

function lastOfEach(values: Record<string, string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, list]) => [name, list.at(-1)!]));
}
