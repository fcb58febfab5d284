import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type CloseReason, MAX_CLIENT_FRAME_BYTES } from '#shared/contract/zone-protocol.ts';
import type { ZoneClient } from '../zone/viewer.ts';
import { Connection, type Gate } from './connection.ts';
import { FramePort } from './frame-port.ts';
import { readFrames } from './frame-reader.ts';
import { Listeners } from './listeners.ts';
import { hasRoomBeside, LineKeys } from './side-lines.ts';
import { pongOf } from './ws-frame.ts';

const FAREWELL_MS = 1_000;
const GOING_AWAY = 1001;

export interface ZoneServerOptions {
  readonly gate: Gate;
  /** Paths that upgrade: `/zone`, and the one that the public address names. */
  readonly paths: readonly string[];
  /** Origins of web pages that may connect; `*`: all. Clients that are no browser send none and always may. */
  readonly allowedOrigins: readonly string[];
  readonly helloTimeoutMs: number;
  readonly maxConnections: number;
  readonly nowMs: () => number;
  readonly report: (what: CloseReason, cause?: unknown) => void;
  /** Whether new connections are welcome; health says so too. */
  readonly isOpen: () => boolean;
  readonly health: () => Readonly<Record<string, unknown>>;
  readonly metrics: () => string;
  /** JSON of `/live`, for programs of this machine alone; unset: there is no such page. */
  readonly live?: (() => string) | undefined;
}

/** The path alone; whatever a client sends as its target, this does not fail. */
function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0]!;
}

/** Whether the caller is a program of this machine. */
function isLocal({ socket }: IncomingMessage): boolean {
  return /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(socket.remoteAddress ?? '');
}

/** HTTP and WebSocket on one port: `/health`, `/metrics`, and the zone socket. */
export class ZoneServer {
  private readonly options: ZoneServerOptions;
  private readonly http: Server;
  private readonly listeners: Listeners;
  private readonly sockets: WebSocketServer;
  private readonly ports = new Map<ZoneClient, FramePort>();
  private readonly keys: LineKeys = new LineKeys(() =>
    hasRoomBeside(this.connections, this.keys.sideLines, this.options.maxConnections),
  );
  private bytesSentToGone = 0;

  constructor(options: ZoneServerOptions) {
    this.options = options;
    this.sockets = new WebSocketServer({
      noServer: true,
      maxPayload: MAX_CLIENT_FRAME_BYTES,
      // The frame port writes beneath ws: only safe without compression, and while ws writes next to nothing itself.
      perMessageDeflate: false,
      autoPong: false,
      skipUTF8Validation: true,
    });
    this.http = createServer((request, response) => {
      const pathname = pathOf(request);
      if (request.method === 'GET' && pathname === '/health') {
        response.writeHead(options.isOpen() ? 200 : 503, { 'content-type': 'application/json' });
        response.end(JSON.stringify(options.health()));
      } else if (request.method === 'GET' && pathname === '/metrics') {
        response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
        response.end(options.metrics());
      } else if (request.method === 'GET' && pathname === '/live' && options.live && isLocal(request)) {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(options.live());
      } else {
        response.writeHead(404).end();
      }
    });
    this.listeners = new Listeners(this.http);
    this.http.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
  }

  get connections(): number {
    return this.sockets.clients.size;
  }

  /** Connections that are further ones of clients that have one. */
  get sideLines(): number {
    return this.keys.sideLines;
  }

  /** Bytes that all clients since the start have been sent. */
  get bytesSent(): number {
    let sum = this.bytesSentToGone;
    for (const port of this.ports.values()) sum += port.bytesSent;
    return sum;
  }

  /** Bytes that this client has been sent. */
  bytesSentTo(client: ZoneClient): number {
    return this.ports.get(client)?.bytesSent ?? 0;
  }

  /** Listens; port 0 takes a free one. Answers the port. */
  async listen(port: number): Promise<number> {
    return this.listeners.open(port);
  }

  /** Ends every connection, gives their last bytes a moment to arrive, and frees the port. */
  async close(): Promise<void> {
    const leaving = [...this.sockets.clients].map(async (client) => {
      client.close(GOING_AWAY);
      await once(client, 'close');
    });
    let hurry: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      hurry = setTimeout(resolve, FAREWELL_MS);
    });
    await Promise.race([Promise.all(leaving), late]);
    clearTimeout(hurry);
    for (const client of this.sockets.clients) client.terminate();
    await this.listeners.close();
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const pathname = pathOf(request);
    const { options } = this;
    // Until ws takes the socket over, nobody else listens for its errors.
    socket.on('error', () => {});
    const { origin } = request.headers;
    const refusal = !options.paths.includes(pathname)
      ? '404 Not Found'
      : origin !== undefined && !options.allowedOrigins.includes('*') && !options.allowedOrigins.includes(origin)
        ? '403 Forbidden'
        : !options.isOpen() || this.connections >= options.maxConnections
          ? '503 Service Unavailable'
          : undefined;
    if (refusal) {
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (client) => this.accept(client));
  }

  private accept(client: WebSocket): void {
    const { gate, nowMs, report, helloTimeoutMs } = this.options;
    const port = new FramePort(client);
    const connection = new Connection({ transport: port, gate, keys: this.keys, nowMs, report });
    this.ports.set(connection, port);
    const deadline = setTimeout(() => {
      if (connection.isAwaitingHello) connection.close('hello_timeout');
    }, helloTimeoutMs);
    readFrames(client, (message) => connection.received(message));
    client.on('message', (data, isBinary) => connection.received(isBinary ? (data as Buffer) : undefined));
    client.on('ping', (data) => {
      if (connection.mayPing(data)) port.write(pongOf(data));
    });
    client.on('close', () => {
      clearTimeout(deadline);
      this.ports.delete(connection);
      this.bytesSentToGone += port.bytesSent;
      connection.disconnected();
    });
    // ws closes by itself after an error (a frame too large: 1009); the close event follows.
    client.on('error', () => {});
  }
}
