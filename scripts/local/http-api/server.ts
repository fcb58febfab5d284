import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Admission } from '../gateway/admission.ts';
import type { ApiDeclaration } from '../gateway/declaration.ts';
import { createTokenBucket } from '../gateway/token-bucket.ts';
import { withTimeout } from '../gateway/with-timeout.ts';
import type { InvokeLambda, LocalClock, LocalService } from '../service.ts';
import { createHttpAuthorizer } from './authorizer.ts';
import { isPreflight, preflightReply, withCors } from './cors.ts';
import { integrationEvent, type ParsedRequest, parseRequest } from './event.ts';
import { gatewayReply, type HttpReply, replyOf } from './response.ts';
import { createRouteTable } from './route-table.ts';

export interface HttpApiOptions {
  readonly api: ApiDeclaration;
  readonly port: number;
  readonly invoke: InvokeLambda;
  readonly admission: Admission;
  readonly clock: LocalClock;
  /** One line per request, as the access log of the stage. */
  log(line: string): void;
}

const BODY_LIMIT_BYTES = 10 * 1024 * 1024;
/** Request line and headers together. */
const HEADER_LIMIT_BYTES = 10_240;

/** Hosts one HTTP API on its own port, with the answers that API Gateway gives when it refuses by itself. */
export function createHttpApi({ api, port, invoke, admission, clock, log }: HttpApiOptions): LocalService {
  const findRoute = createRouteTable(api.routes);
  const buckets = new Map(api.routes.map((route) => [route, createTokenBucket(route.throttle)]));
  const authorizers = new Map(
    api.routes.flatMap(({ authorizer }) =>
      authorizer ? [[authorizer.id, createHttpAuthorizer(api, authorizer, invoke, clock)] as const] : [],
    ),
  );
  const prefix = api.stage === '$default' ? '' : `/${api.stage}`;

  const answer = async (request: ParsedRequest, body: Buffer | undefined): Promise<HttpReply> => {
    const headerBytes = Object.entries(request.headers).reduce(
      (sum, [name, value]) => sum + name.length + value.length,
      0,
    );
    if (headerBytes + request.path.length + request.rawQueryString.length > HEADER_LIMIT_BYTES) {
      return gatewayReply(431, 'Request Header Fields Too Large');
    }
    if (!body) return gatewayReply(413, 'Request Entity Too Large');
    if (!request.path.startsWith(`${prefix}/`)) return gatewayReply(404, 'Not Found');
    let match: ReturnType<typeof findRoute>;
    try {
      match = findRoute(request.method, request.path.slice(prefix.length));
    } catch {
      return gatewayReply(400, 'Bad Request');
    }
    if (!match) return gatewayReply(404, 'Not Found');
    const { route } = match;
    if (!admission.admitsRequest() || !buckets.get(route)!()) return gatewayReply(429, 'Too Many Requests');
    return admission.track(callRoute(request, body, match));
  };

  const callRoute = async (
    request: ParsedRequest,
    body: Buffer,
    { route, pathParameters }: NonNullable<ReturnType<typeof findRoute>>,
  ): Promise<HttpReply> => {
    let context: Record<string, unknown> | undefined;
    if (route.authorizer) {
      const verdict = await authorizers.get(route.authorizer.id)!(request, route.routeKey, pathParameters);
      if (verdict.kind === 'unauthorized') return gatewayReply(401, 'Unauthorized');
      if (verdict.kind === 'forbidden') return gatewayReply(403, 'Forbidden');
      if (verdict.kind === 'broken') return gatewayReply(500, 'Internal Server Error');
      context = verdict.context;
    }
    const event = integrationEvent(api, request, route.routeKey, pathParameters, body, context);
    const result = await withTimeout(invoke(route.functionArn, event), route.timeoutMs);
    if (!result || 'throttled' in result) return gatewayReply(503, 'Service Unavailable');
    if ('functionError' in result) {
      const tooLarge = result.functionError.errorType === 'RequestEntityTooLarge';
      return tooLarge ? gatewayReply(413, 'Request Entity Too Large') : gatewayReply(500, 'Internal Server Error');
    }
    return replyOf(result.payload);
  };

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const request = parseRequest(incoming, clock.nowMs());
    const started = performance.now();
    const body = await readBody(incoming);
    let reply: HttpReply;
    if (api.cors && isPreflight(request)) reply = preflightReply(api.cors, request);
    else {
      const plain = await answer(request, body);
      reply = api.cors ? withCors(api.cors, request, plain) : plain;
    }
    const took = (performance.now() - started).toFixed(1);
    log(`${request.requestId} ${request.sourceIp} ${request.method} ${request.path} ${reply.status} ${took} ms`);
    outgoing.writeHead(reply.status, {
      ...reply.headers,
      ...(reply.cookies.length > 0 && { 'set-cookie': [...reply.cookies] }),
      ...(reply.status !== 204 && { 'content-length': String(reply.body.length) }),
      'apigw-requestid': request.requestId,
      // The rest of a refused body is not read; the connection cannot be used again.
      ...(!body && { connection: 'close' }),
    });
    outgoing.end(reply.status === 204 || request.method === 'HEAD' ? undefined : reply.body);
  };

  const server = createServer(
    { maxHeaderSize: 4 * HEADER_LIMIT_BYTES, keepAliveTimeout: 60_000 },
    (incoming, outgoing) => {
      serve(incoming, outgoing).catch((error: unknown) => {
        log(`request failed: ${String(error)}`);
        outgoing.destroy();
      });
    },
  );

  return {
    name: `HTTP API ${api.name}`,
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', resolve);
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The whole body, or undefined as soon as it is known to be too large. Rejects when the client goes away. */
function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const tooLarge = () => {
      request.removeAllListeners('data');
      request.resume();
      resolve(undefined);
    };
    if (Number(request.headers['content-length'] ?? 0) > BODY_LIMIT_BYTES) return tooLarge();
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > BODY_LIMIT_BYTES) tooLarge();
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
  });
}
