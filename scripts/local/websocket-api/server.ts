import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Admission } from '../gateway/admission.ts';
import type { ApiDeclaration, RouteDeclaration } from '../gateway/declaration.ts';
import { createTokenBucket } from '../gateway/token-bucket.ts';
import { withTimeout } from '../gateway/with-timeout.ts';
import type { InvokeLambda, InvokeResult, LocalClock, LocalService } from '../service.ts';
import { authorizeConnect } from './authorizer.ts';
import { type Connection, handshakeFields } from './connection.ts';
import { connectEvent, disconnectEvent, messageEvent, requestContext } from './event.ts';
import { createFrameMeter } from './frame-meter.ts';
import { handleManagement } from './management.ts';

export interface WebSocketApiOptions {
  readonly api: ApiDeclaration;
  readonly port: number;
  readonly invoke: InvokeLambda;
  readonly admission: Admission;
  readonly clock: LocalClock;
  log(line: string): void;
}

const MESSAGE_LIMIT_BYTES = 128 * 1024;
const FRAME_LIMIT_BYTES = 32 * 1024;
const IDLE_LIMIT_MS = 10 * 60_000;
const AGE_LIMIT_MS = 2 * 60 * 60_000;
/** Messages of one connection that may wait for their turn. */
const PENDING_LIMIT = 500;
const HOUSEKEEPING_MS = 5_000;

export interface WebSocketApi extends LocalService {
  /** Open connections. */
  count(): number;
  /** Ends every connection at this moment, as a gateway does that goes away; answers how many there were. */
  endAll(): number;
}

/** Hosts one WebSocket API and its connection management API on one port. */
export function createWebSocketApi({ api, port, invoke, admission, clock, log }: WebSocketApiOptions): WebSocketApi {
  const routes = new Map(api.routes.map((route) => [route.routeKey, route]));
  const buckets = new Map(api.routes.map((route) => [route.routeKey, createTokenBucket(route.throttle)]));
  const selectRoute = routeSelector(api, routes);
  const connections = new Map<string, Connection>();
  const management = {
    prefix: `/${api.stage}/@connections/`,
    find: (id: string) => connections.get(id),
    nowMs: () => clock.nowMs(),
  };
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MESSAGE_LIMIT_BYTES,
    perMessageDeflate: false,
    handleProtocols: (_offered, request) => chosenProtocols.get(request) ?? false,
  });
  const chosenProtocols = new WeakMap<IncomingMessage, string>();
  const disconnects = new Set<Promise<unknown>>();
  let stopping = false;

  const server = createServer((request, response) => {
    handleManagement(management, request, response).catch((error: unknown) => {
      log(`management request failed: ${String(error)}`);
      response.destroy();
    });
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    admission.track(connect(request, socket, head)).catch((error: unknown) => {
      log(`upgrade failed: ${String(error)}`);
      refuse(socket, 500, 'Internal server error');
    });
  });

  const call = (route: RouteDeclaration, event: unknown): Promise<InvokeResult | undefined> =>
    withTimeout(invoke(route.functionArn, event), route.timeoutMs);

  async function connect(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const nowMs = clock.nowMs();
    const { pathname } = new URL(request.url ?? '/', 'ws://local');
    if (stopping || (pathname !== `/${api.stage}` && pathname !== `/${api.stage}/`))
      return refuse(socket, 403, 'Forbidden');
    if (!admission.admitsSocket() || buckets.get('$connect')?.() === false) {
      return refuse(socket, 429, 'Too Many Requests');
    }

    const handshake = handshakeFields(request);
    const draft: Connection = {
      id: `${randomBytes(10).toString('base64url')}=`,
      connectedAtMs: nowMs,
      sourceIp: (request.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, ''),
      userAgent: request.headers['user-agent'] ?? '',
      host: request.headers.host ?? 'localhost',
      authorizer: undefined,
      socket: undefined,
      lastActiveAtMs: nowMs,
      tail: Promise.resolve(),
      pending: 0,
      closing: false,
    };
    const route = routes.get('$connect');
    let authorizer: Record<string, unknown> | undefined;
    if (route?.authorizer) {
      const verdict = await authorizeConnect(api, route.authorizer, invoke, draft, handshake);
      if ('status' in verdict) return refuse(socket, verdict.status, verdict.message);
      authorizer = verdict.context;
    }
    const connection: Connection = { ...draft, authorizer };
    connections.set(connection.id, connection);
    const refusal = route && (await askConnect(route, connection, request, handshake));
    if (refusal || socket.destroyed || stopping) {
      connections.delete(connection.id);
      return refuse(socket, refusal?.status ?? 503, refusal?.message ?? 'Service Unavailable');
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => open(connection, webSocket));
    // First in line, so that a message is not taken before its frame has been measured.
    const meter = createFrameMeter(FRAME_LIMIT_BYTES, () => close(connection, 1009, 'Frame is too long'));
    socket.prependListener('data', meter);
  }

  /** Runs $connect's integration. Returns the refusal, if it is one, and remembers the subprotocol if it is not. */
  async function askConnect(
    route: RouteDeclaration,
    connection: Connection,
    request: IncomingMessage,
    handshake: ReturnType<typeof handshakeFields>,
  ): Promise<{ status: number; message: string } | undefined> {
    const result = await call(route, connectEvent(api, connection, handshake, connection.connectedAtMs));
    if (!result || !('payload' in result)) return { status: 502, message: 'Internal server error' };
    const reply = result.payload as { statusCode?: unknown; headers?: Record<string, unknown>; body?: unknown } | null;
    const status = Number(reply?.statusCode);
    if (!Number.isInteger(status)) return { status: 502, message: 'Internal server error' };
    if (status < 200 || status > 299) {
      return { status: status >= 400 && status <= 599 ? status : 502, message: STATUS_CODES[status] ?? 'Refused' };
    }
    const protocol = Object.entries(reply?.headers ?? {}).find(
      ([name]) => name.toLowerCase() === 'sec-websocket-protocol',
    )?.[1];
    if (typeof protocol === 'string') chosenProtocols.set(request, protocol);
    return undefined;
  }

  function open(connection: Connection, socket: WebSocket): void {
    connection.socket = socket;
    connection.lastActiveAtMs = clock.nowMs();
    socket.on('message', (data, isBinary) => {
      if (connection.closing) return;
      if (isBinary) return close(connection, 1003, 'Only text is supported');
      connection.lastActiveAtMs = clock.nowMs();
      if (++connection.pending > PENDING_LIMIT) return close(connection, 1008, 'Too many messages');
      connection.tail = connection.tail.then(() => receive(connection, data.toString())).catch(() => undefined);
    });
    socket.on('error', () => undefined);
    socket.on('close', (code, reason) => {
      connection.closing = true;
      connections.delete(connection.id);
      const route = routes.get('$disconnect');
      if (!route) return;
      // After the messages that came before it.
      const told = connection.tail.then(() =>
        call(route, disconnectEvent(api, connection, code, reason.toString(), clock.nowMs())),
      );
      disconnects.add(told);
      told.catch(() => undefined).finally(() => disconnects.delete(told));
    });
  }

  async function receive(connection: Connection, body: string): Promise<void> {
    connection.pending--;
    const routeKey = selectRoute(body);
    const route = routeKey === undefined ? undefined : routes.get(routeKey);
    if (!route) return tellFailure(connection, 'Forbidden');
    if (!buckets.get(route.routeKey)!()) return tellFailure(connection, 'Too Many Requests');
    const event = messageEvent(api, connection, route.routeKey, body, clock.nowMs());
    const result = await admission.track(call(route, event));
    if (!result || !('payload' in result)) return tellFailure(connection, 'Internal server error');
    const answer = (result.payload as { body?: unknown } | null)?.body;
    if (route.returnsResponse && typeof answer === 'string' && answer !== '') connection.socket?.send(answer);
  }

  /** What a client reads when its message reached no function, or a failing one. */
  function tellFailure(connection: Connection, message: string): void {
    const { requestId } = requestContext(api, connection, '$default', 'MESSAGE', clock.nowMs());
    connection.socket?.send(JSON.stringify({ message, connectionId: connection.id, requestId }));
  }

  function close(connection: Connection, code: number, reason: string): void {
    if (connection.closing) return;
    connection.closing = true;
    connection.socket?.close(code, reason);
  }

  function closeExpired(): void {
    const nowMs = clock.nowMs();
    for (const connection of connections.values()) {
      if (!connection.socket) continue;
      if (nowMs - connection.connectedAtMs >= AGE_LIMIT_MS || nowMs - connection.lastActiveAtMs >= IDLE_LIMIT_MS) {
        close(connection, 1001, 'Going away');
      }
    }
  }

  let housekeeping: NodeJS.Timeout | undefined;
  const stopListening = clock.onChange(closeExpired);

  return {
    name: `WebSocket API ${api.name}`,
    count: () => [...connections.values()].filter(({ socket }) => socket).length,
    endAll() {
      const open = [...connections.values()].filter(({ socket, closing }) => socket && !closing);
      for (const connection of open) close(connection, 1001, 'Going away');
      return open.length;
    },
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', resolve);
        housekeeping = setInterval(closeExpired, HOUSEKEEPING_MS);
      }),
    async stop() {
      stopping = true;
      clearInterval(housekeeping);
      stopListening();
      for (const connection of connections.values()) close(connection, 1001, 'Going away');
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // Functions still run: they may forget the connections that end here.
      await withTimeout(untilEmpty(), 2_000);
      await withTimeout(Promise.allSettled(disconnects), 2_000);
      for (const { socket } of connections.values()) socket?.terminate();
      server.closeAllConnections();
      await closed;
    },
  };

  async function untilEmpty(): Promise<void> {
    while (connections.size > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function refuse(socket: Duplex, status: number, message: string): void {
  if (socket.destroyed) return;
  const body = JSON.stringify({ message });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: application/json\r\nConnection: close\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** `$request.body.action`: the route that the message's field names, `$default` for any other. */
function routeSelector(api: ApiDeclaration, routes: ReadonlyMap<string, RouteDeclaration>) {
  const fallback = routes.has('$default') ? '$default' : undefined;
  const named = [...routes.keys()].filter((routeKey) => !routeKey.startsWith('$'));
  if (named.length === 0) return () => fallback;
  const field = /^\$request\.body\.(\w+)$/.exec(api.routeSelectionExpression ?? '')?.[1];
  if (!field) throw new Error(`${api.name}: the selection ${api.routeSelectionExpression} is not supported locally`);
  return (body: string): string | undefined => {
    try {
      const value = (JSON.parse(body) as Record<string, unknown> | null)?.[field];
      return typeof value === 'string' && named.includes(value) ? value : fallback;
    } catch {
      return fallback;
    }
  };
}
