import { type ClientOptions, WebSocket } from 'ws';
import { until } from '#scripts/journey/until.ts';

export interface Closed {
  readonly code: number;
  readonly reason: string;
  /** Since the socket was open. */
  readonly afterMs: number;
}

/** The handshake was answered with a status instead of a socket. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the handshake was answered ${status}`);
    this.status = status;
  }
}

/** A WebSocket that sends whatever it is told to, and keeps all that comes. */
export class RawSocket {
  readonly messages: Buffer[] = [];
  closed: Closed | undefined;
  private readonly socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    const openedMs = performance.now();
    socket.on('message', (data) => this.messages.push(data as Buffer));
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString(), afterMs: performance.now() - openedMs };
    });
    socket.on('error', () => {});
  }

  /** @throws Refused when the handshake is. */
  static open(url: string, protocols: readonly string[] = [], options: ClientOptions = {}): Promise<RawSocket> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, [...protocols], { perMessageDeflate: false, ...options });
      // Made before it is open: what comes with the handshake's answer is not lost.
      const raw = new RawSocket(socket);
      socket.once('open', () => resolve(raw));
      socket.once('error', reject);
      socket.once('unexpected-response', (_request, response) => {
        response.resume();
        reject(new Refused(response.statusCode ?? 0));
      });
    });
  }

  send(data: string | Uint8Array): void {
    this.socket.send(data);
  }

  get texts(): string[] {
    return this.messages.map((message) => message.toString());
  }

  end(timeoutMs = 15_000): Promise<Closed> {
    return until('the socket to close', () => this.closed, timeoutMs);
  }

  close(): void {
    this.socket.close();
  }
}
