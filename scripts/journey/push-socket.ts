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
/** Where the server asks for the next connection. */
const RECONNECT_DESTINATION = '/system/reconnect';

/**
 * A stock STOMP client on the WebSocket API, over one connection after the other: each goes on by `last-seq` where the
 * one before it has ended. Keeps every message, in order of arrival, without repetitions.
 */
export class PushSocket {
  readonly messages: Pushed[] = [];
  /** Close code and reason, once the socket has closed. */
  closed: { code: number; reason: string; atMs: number } | undefined;
  /** Why the server has ended the session, in its own word. */
  farewell: string | undefined;
  /** The server has said that the gateway will soon end this connection. */
  isRenewalDue = false;
  private readonly url: string;
  private client: Client | undefined;
  /** The newest message of each topic when this client last subscribed. */
  private readonly topics = new Map<string, number>();
  private readonly seen = new Set<string>();

  private constructor(url: string) {
    this.url = url;
  }

  /** Connects with a single-use ticket, as a browser would. */
  static async connect(socketUrl: string, ticket: string): Promise<PushSocket> {
    const socket = new PushSocket(socketUrl);
    socket.client = await socket.dial(ticket);
    return socket;
  }

  /** Subscribes and asks for what was pushed after `lastSeq`; resolves with the server's receipt. */
  async subscribe(destination: string, lastSeq = this.lastSeqOf(destination)): Promise<void> {
    await this.listen(this.client!, destination, lastSeq);
  }

  /** Tears the line: no farewell, as when the radio is lost. */
  drop(): void {
    (this.client!.webSocket as unknown as WebSocket).terminate();
  }

  /** Comes back after the line is gone, and catches up. */
  async resume(ticket: string): Promise<void> {
    this.client = await this.dial(ticket);
    for (const destination of this.topics.keys()) await this.listen(this.client, destination);
  }

  /** Opens the next connection, catches up there, and only then leaves this one: make before break. */
  async renew(ticket: string): Promise<void> {
    const [old, next] = [this.client!, await this.dial(ticket)];
    for (const destination of this.topics.keys()) await this.listen(next, destination);
    this.client = next;
    this.isRenewalDue = false;
    await old.deactivate();
  }

  /** Sends a heart-beat now, as the client's own timer would; resolves when it is answered. */
  async beat(): Promise<void> {
    const client = this.client!;
    const answered = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no answer to a heart-beat')), CONNECT_TIMEOUT_MS);
      client.onHeartbeatReceived = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    (client.webSocket as unknown as WebSocket).send('\n');
    await answered;
  }

  /** Numbers of a topic that should be here and are not: of all up to the newest when this client last subscribed. */
  missingOf(destination: string): number[] {
    const here = new Set(this.seqsOf(destination));
    const first = Math.min(...here, this.topics.get(destination) ?? 0);
    const newest = Math.max(0, ...here, this.topics.get(destination) ?? 0);
    return Array.from({ length: newest - first + 1 }, (_none, index) => first + index).filter(
      (seq) => seq > 0 && !here.has(seq),
    );
  }

  async close(): Promise<void> {
    await this.client!.deactivate();
  }

  private dial(ticket: string): Promise<Client> {
    const client = new Client({
      webSocketFactory: () =>
        new WebSocket(`${this.url}?ticket=${encodeURIComponent(ticket)}`, ['v12.stomp'], {
          perMessageDeflate: false,
        }) as never,
      reconnectDelay: 0,
      heartbeatIncoming: 0,
      heartbeatOutgoing: 240_000,
    });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('STOMP did not connect in time')), CONNECT_TIMEOUT_MS);
      client.onConnect = () => {
        clearTimeout(timer);
        this.closed = undefined;
        resolve(client);
      };
      client.onUnhandledMessage = ({ headers }) => {
        if (headers.destination === RECONNECT_DESTINATION) this.isRenewalDue = true;
      };
      client.onStompError = (frame) => {
        this.farewell = frame.headers.reason;
        reject(new Error(`STOMP ERROR: ${frame.headers.message ?? frame.body}`));
      };
      client.onWebSocketClose = (event: { code: number; reason: string }) => {
        const isCurrent = this.client === client;
        if (isCurrent) this.closed = { code: event.code, reason: event.reason, atMs: performance.now() };
        reject(new Error(`WebSocket closed: ${event.code} ${event.reason}`));
      };
      client.activate();
    });
  }

  private async listen(client: Client, destination: string, lastSeq = this.lastSeqOf(destination)): Promise<void> {
    const receipt = crypto.randomUUID();
    const confirmed = new Promise<number>((resolve) =>
      client.watchForReceipt(receipt, ({ headers }) => resolve(Number(headers.seq))),
    );
    client.subscribe(destination, (message) => this.take(destination, message), {
      'last-seq': String(lastSeq),
      receipt,
    });
    this.topics.set(destination, await confirmed);
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

  private seqsOf(destination: string): number[] {
    return this.messages.filter((one) => one.destination === destination).map(({ seq }) => seq);
  }

  /** The highest number below which nothing is missing: they overtake each other. */
  private lastSeqOf(destination: string): number {
    const here = new Set(this.seqsOf(destination));
    let last = here.size === 0 ? 0 : Math.min(...here);
    while (here.has(last + 1)) last += 1;
    return last;
  }
}
