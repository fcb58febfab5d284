import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { PushClient, type Pushed as PushedText } from '#shared/client/push-client.ts';
import { until } from './until.ts';

export interface Pushed extends Omit<PushedText, 'body'> {
  // biome-ignore lint/suspicious/noExplicitAny: messages of several topics, checked by who waits for them
  readonly body: any;
}

/** The reference client of the push socket, with everything that it was told, and its line within reach of a test. */
export class PushSocket {
  /** In order of arrival, each once. */
  readonly messages: Pushed[] = [];
  /** Close code and reason of the newest connection, once it has closed. */
  closed: { code: number; reason: string; atMs: number } | undefined;
  /** Why the session is over, in the server's own word. */
  farewell: string | undefined;
  /** Connections that it has had so far. */
  connections = 0;
  private readonly client: PushClient;
  private beatsHeard = 0;
  private newest: WebSocket | undefined;
  private mayComeBack = Promise.resolve();

  private constructor(socketUrl: string, ticket: () => Promise<string>) {
    this.client = new PushClient({
      address: async () => `${socketUrl}?ticket=${encodeURIComponent(await ticket())}`,
      openSocket: (address) => this.openSocket(address) as never,
      onMessage: ({ body, ...message }) => this.messages.push({ ...message, body: JSON.parse(body) }),
      onEnd: ({ kind, reason }) => {
        if (kind === 'session-over') this.farewell = reason;
      },
      sleep: async (ms) => {
        await Promise.all([delay(ms), this.mayComeBack]);
      },
    });
  }

  /** @param ticket a single-use ticket, asked for with each connection. */
  static async connect(socketUrl: string, ticket: () => Promise<string>): Promise<PushSocket> {
    const socket = new PushSocket(socketUrl, ticket);
    await socket.client.connect();
    return socket;
  }

  private openSocket(address: string): WebSocket {
    const socket = new WebSocket(address, ['v12.stomp'], { perMessageDeflate: false });
    socket.on('open', () => {
      this.connections += 1;
      this.newest = socket;
      this.closed = undefined;
    });
    socket.on('close', (code, reason) => {
      if (this.newest === socket) this.closed = { code, reason: reason.toString(), atMs: performance.now() };
    });
    socket.on('message', (data) => {
      if (data.toString() === '\n') this.beatsHeard += 1;
    });
    // Told by the close that follows.
    socket.on('error', () => {});
    return socket;
  }

  /** Listens from a number on, by default from the first; resolves when what was pushed before has come. */
  async subscribe(destination: string, lastSeq = 0): Promise<void> {
    await this.client.subscribe(destination, lastSeq);
  }

  /** Tears the line: no farewell, as when the radio is lost. */
  cut(): void {
    this.client.cut();
  }

  /** Keeps it from coming back by itself until the answer is called. */
  holdOff(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.mayComeBack = promise;
    return resolve;
  }

  /** Resolves when it is back by itself, with what it missed. */
  async back(): Promise<void> {
    await this.client.back();
  }

  /** Sends a heart-beat now, as the client's own timer would; resolves when it is answered. */
  async beat(): Promise<void> {
    const before = this.beatsHeard;
    this.newest!.send('\n');
    await until('the answer to a heart-beat', () => (this.beatsHeard > before ? true : undefined));
  }

  /** Numbers of a topic that should be here and are not: of all from the first to the newest that have come. */
  missingOf(destination: string): number[] {
    const here = new Set(this.messages.filter((one) => one.destination === destination).map(({ seq }) => seq));
    const first = Math.min(...here);
    return Array.from(
      { length: here.size === 0 ? 0 : Math.max(...here) - first + 1 },
      (_none, at) => first + at,
    ).filter((seq) => !here.has(seq));
  }

  async close(): Promise<void> {
    await this.client.close();
  }
}
