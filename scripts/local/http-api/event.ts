import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { ApiDeclaration } from '../gateway/declaration.ts';
import { requestTime } from '../gateway/request-time.ts';

/** What a request looks like before a route is chosen; the authorizer's and the integration's events grow from it. */
export interface ParsedRequest {
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  readonly rawQueryString: string;
  readonly query: Record<string, string> | undefined;
  readonly headers: Record<string, string>;
  readonly cookies: string[] | undefined;
  readonly sourceIp: string;
  readonly requestId: string;
  readonly timeEpoch: number;
}

/** Reads what payload format 2.0 carries: lower-case headers, duplicates joined by commas, cookies apart. */
export function parseRequest(request: IncomingMessage, nowMs: number): ParsedRequest {
  const [path, ...query] = (request.url ?? '/').split('?') as [string, ...string[]];
  const rawQueryString = query.join('?');
  const collected = new Map<string, string[]>();
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index]!.toLowerCase();
    if (name === 'connection' || name === 'transfer-encoding' || name === 'upgrade') continue;
    collected.set(name, [...(collected.get(name) ?? []), request.rawHeaders[index + 1]!]);
  }
  const cookies = collected
    .get('cookie')
    ?.flatMap((header) => header.split(/;\s*/))
    .filter(Boolean);
  collected.delete('cookie');
  const sourceIp = (request.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
  const headers: Record<string, string> = {
    'content-length': '0',
    ...Object.fromEntries([...collected].map(([name, values]) => [name, values.join(',')])),
    'x-amzn-trace-id': `Root=1-${Math.floor(nowMs / 1_000).toString(16)}-${randomBytes(12).toString('hex')}`,
    'x-forwarded-for': [...(collected.get('x-forwarded-for') ?? []), sourceIp].join(', '),
    'x-forwarded-port': String(request.socket.localPort ?? 80),
    'x-forwarded-proto': 'http',
  };
  return {
    method: request.method ?? 'GET',
    path,
    rawQueryString,
    query: joinQuery(rawQueryString),
    headers,
    cookies,
    sourceIp,
    requestId: randomUUID(),
    timeEpoch: nowMs,
  };
}

function joinQuery(rawQueryString: string): Record<string, string> | undefined {
  if (rawQueryString === '') return undefined;
  const joined = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(joined);
}

/** The parts that the authorizer's and the integration's events have in common. */
export function commonEvent(
  api: ApiDeclaration,
  request: ParsedRequest,
  routeKey: string,
  pathParameters: Record<string, string> | undefined,
) {
  const host = request.headers.host ?? 'localhost';
  return {
    version: '2.0',
    routeKey,
    rawPath: request.path,
    rawQueryString: request.rawQueryString,
    ...(request.cookies && { cookies: request.cookies }),
    headers: request.headers,
    ...(request.query && { queryStringParameters: request.query }),
    requestContext: {
      accountId: api.accountId,
      apiId: api.id,
      domainName: host,
      domainPrefix: host.split(/[.:]/)[0]!,
      http: {
        method: request.method,
        path: request.path,
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: request.requestId,
      routeKey,
      stage: api.stage,
      time: requestTime(request.timeEpoch),
      timeEpoch: request.timeEpoch,
    },
    ...(pathParameters && { pathParameters }),
  };
}

/** The event of the integration's function, payload format 2.0. Absent parts are left out, as AWS does. */
export function integrationEvent(
  api: ApiDeclaration,
  request: ParsedRequest,
  routeKey: string,
  pathParameters: Record<string, string> | undefined,
  body: Buffer,
  authorizerContext: Record<string, unknown> | undefined,
): APIGatewayProxyEventV2 {
  const event = commonEvent(api, request, routeKey, pathParameters);
  const isText = isTextType(request.headers['content-type']);
  return {
    ...event,
    requestContext: {
      ...event.requestContext,
      ...(authorizerContext && { authorizer: { lambda: authorizerContext } }),
    },
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  } as APIGatewayProxyEventV2;
}

/** Other media types, forms among them, arrive base64-encoded. */
function isTextType(contentType: string | undefined): boolean {
  return (
    contentType === undefined ||
    /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|javascript))/i.test(contentType.trim())
  );
}
