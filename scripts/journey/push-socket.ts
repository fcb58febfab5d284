import { Client, type IMessage } from '@stomp/stompjs';
import { WebSocket } from 'ws';

export interface Pushed {
  readonly destination: string;
  readonly seq: number;
  readonly receivedMs: number;
  // biome-ignore lint/suspicious/noExplicitAny: messages of several topics, checked by who waits for them
  readonly body: any;
}

const CONNECT_TIMEOUT_MS = 15_000;

/** A stock STOMP client on the WebSocket API. Keeps every message, in order of arrival, without repetitions. */
export class PushSocket {
  readonly messages: Pushed[] = [];
  /** Close code and reason, once the socket has closed. */
  closed: { code: number; reason: string; atMs: number } | undefined;
  private readonly client: Client;
  private readonly seen = new Set<string>();

  private constructor(client: Client) {
    this.client = client;
  }

  /** Connects with a single-use ticket, as a browser would. */
  static async connect(socketUrl: string, ticket: string): Promise<PushSocket> {
    const client = new Client({
      webSocketFactory: () =>
        new WebSocket(`${socketUrl}?ticket=${encodeURIComponent(ticket)}`, ['v12.stomp'], {
          perMessageDeflate: false,
        }) as never,
      reconnectDelay: 0,
      heartbeatIncoming: 0,
      heartbeatOutgoing: 240_000,
    });
    const socket = new PushSocket(client);
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('STOMP did not connect in time')), CONNECT_TIMEOUT_MS);
      client.onConnect = () => {
        clearTimeout(timer);
        resolve();
      };
      client.onStompError = (frame) => reject(new Error(`STOMP ERROR: ${frame.headers.message ?? frame.body}`));
      client.onWebSocketClose = (event: { code: number; reason: string }) => {
        socket.closed = { code: event.code, reason: event.reason, atMs: performance.now() };
        reject(new Error(`WebSocket closed: ${event.code} ${event.reason}`));
      };
      client.activate();
    });
    return socket;
  }

  /** Subscribes and asks for what was pushed after `lastSeq`; resolves with the server's receipt. */
  async subscribe(destination: string, lastSeq = 0): Promise<void> {
    const receipt = crypto.randomUUID();
    const confirmed = new Promise<void>((resolve) => this.client.watchForReceipt(receipt, () => resolve()));
    this.client.subscribe(destination, (message) => this.take(destination, message), {
      'last-seq': String(lastSeq),
      receipt,
    });
    await confirmed;
  }

  private take(destination: string, message: IMessage): void {
    const id = message.headers['message-id'] ?? '';
    if (this.seen.has(id)) return;
    this.seen.add(id);
    this.messages.push({
      destination,
      seq: Number(message.headers.seq),
      receivedMs: performance.now(),
      body: JSON.parse(message.body),
    });
  }

  async close(): Promise<void> {
    await this.client.deactivate();
  }
}
