import { randomUUID } from 'node:crypto';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import type { Actor, HttpEvent, LambdaContext } from '#shared/runtime/invocation.ts';

/** What a test or a simulated client asks of an endpoint. */
export interface CallOptions {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
  readonly actor?: Actor;
  readonly idempotencyKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly ip?: string;
}

/** A Lambda context with the parts that our handlers and libraries read. */
export function lambdaContext(): LambdaContext {
  return {
    awsRequestId: randomUUID(),
    functionName: 'test',
    memoryLimitInMB: '512',
    getRemainingTimeInMillis: () => 10_000,
  } as LambdaContext;
}

/** The event that the gateway would hand to an endpoint's function. */
export function httpEvent(endpoint: EndpointBase, options: CallOptions, nowMs: number): HttpEvent {
  const params = options.params ?? {};
  const rawPath = endpoint.path.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(params[name] ?? ''));
  const { actor } = options;
  const body =
    options.body === undefined || typeof options.body === 'string' ? options.body : JSON.stringify(options.body);
  return {
    version: '2.0',
    routeKey: `${endpoint.method} ${endpoint.path}`,
    rawPath,
    rawQueryString: new URLSearchParams(options.query).toString(),
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(options.idempotencyKey ? { 'idempotency-key': options.idempotencyKey } : {}),
      ...options.headers,
    },
    queryStringParameters: options.query,
    pathParameters: params,
    requestContext: {
      requestId: randomUUID(),
      http: {
        method: endpoint.method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: options.ip ?? '203.0.113.7',
        userAgent: 'test',
      },
      timeEpoch: nowMs,
      ...(actor
        ? {
            authorizer: {
              lambda: {
                accountId: actor.accountId,
                sessionId: actor.sessionId,
                roles: actor.roles.join(','),
                characterId: actor.characterId ?? '',
              },
            },
          }
        : {}),
    },
    body,
    isBase64Encoded: false,
  } as unknown as HttpEvent;
}
