import { Client, type IFrame, type IMessage, type IStompSocket } from '@stomp/stompjs';

/** We send a sign of life this often; the server answers each. */
const HEART_BEAT_MS = 240_000;
/** Where the server asks for the next connection. */
const RECONNECT_DESTINATION = '/system/reconnect';

/** What opens a WebSocket to an address, with the subprotocol `v12.stomp`. */
export type OpenSocket = (address: string) => IStompSocket & Pick<WebSocket, 'addEventListener'>;

/** The server has ended the connection with an ERROR frame. */
export class StompError extends Error {
  override readonly name = 'StompError';
  /** Never changes its meaning, such as `socket.session_ended`. */
  readonly code: string;
  /** Why, within the code. */
  readonly reason: string | undefined;

  constructor({ headers }: IFrame) {
    super(`${headers.code}: ${headers.message}`);
    this.code = headers.code ?? '';
    this.reason = headers.reason;
  }
}

/** The parts of which coming in consists. */
export type Stage = 'ticket' | 'socket' | 'connect' | 'subscribe';

export interface LineOptions {
  readonly address: string;
  readonly openSocket: OpenSocket;
  /** The line has ended, whoever ended it; the ERROR that the server sent before, if it sent one. */
  readonly onEnd: (error: StompError | undefined) => void;
  /** The server wants this connection to be replaced by another before it ends. */
  readonly onReplace: () => void;
  /** How long each part of the way took. */
  readonly observe: (stage: Stage, durationMs: number) => void;
}

/** One connection of the stock client, from its handshake to its end. It never comes back by itself. */
export class StompLine {
  private readonly client: Client;
  private readonly options: LineOptions;
  private socket: IStompSocket | undefined;
  private ended = false;
  private refusal: StompError | undefined;
  /** Who waits for something of this line, and has to hear of its end. */
  private readonly waiting = new Set<(error: Error) => void>();

  constructor(options: LineOptions) {
    this.options = options;
    this.client = new Client({
      reconnectDelay: 0,
      heartbeatIncoming: 0,
      heartbeatOutgoing: HEART_BEAT_MS,
    });
  }

  /** Resolves when the server has said CONNECTED. Once. @throws StompError, or what else has ended the line. */
  connect(): Promise<void> {
    const { client, options } = this;
    let sinceMs = performance.now();
    const reached = (stage: Stage) => {
      const nowMs = performance.now();
      options.observe(stage, nowMs - sinceMs);
      sinceMs = nowMs;
    };
    client.webSocketFactory = () => {
      const socket = options.openSocket(options.address);
      socket.addEventListener('open', () => reached('socket'));
      this.socket = socket;
      return socket;
    };
    client.onUnhandledMessage = ({ headers }) => {
      if (headers.destination === RECONNECT_DESTINATION) options.onReplace();
    };
    client.onStompError = (frame) => {
      this.refusal = new StompError(frame);
    };
    client.onWebSocketClose = ({ code }: { code: number }) => this.over(new Error(`the socket closed with ${code}`));
    return this.unlessOver((resolve) => {
      client.onConnect = () => {
        reached('connect');
        resolve();
      };
      client.activate();
    });
  }

  private unlessOver<T>(begin: (resolve: (value: T) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.waiting.add(reject);
      begin((value) => {
        this.waiting.delete(reject);
        resolve(value);
      });
    });
  }

  private over(error: Error): void {
    if (this.ended) return;
    this.ended = true;
    void this.client.deactivate({ force: true });
    this.refuseWaiting(this.refusal ?? error);
    this.options.onEnd(this.refusal);
  }

  private refuseWaiting(error: Error): void {
    for (const reject of this.waiting) reject(error);
    this.waiting.clear();
  }

  /** Resolves with the RECEIPT's headers once the subscription stands and everything that was missed has come. */
  async subscribe(
    destination: string,
    lastSeq: number | undefined,
    onMessage: (message: IMessage) => void,
  ): Promise<IFrame['headers']> {
    const receipt = crypto.randomUUID();
    const beganMs = performance.now();
    const headers = await this.unlessOver<IFrame['headers']>((resolve) => {
      this.client.watchForReceipt(receipt, (frame) => resolve(frame.headers));
      this.client.subscribe(destination, onMessage, {
        receipt,
        ...(lastSeq === undefined ? {} : { 'last-seq': String(lastSeq) }),
      });
    });
    this.options.observe('subscribe', performance.now() - beganMs);
    return headers;
  }

  /** Says goodbye, and closes. */
  async close(): Promise<void> {
    this.ended = true;
    await this.client.deactivate();
  }

  /** Breaks off, as when the line is cut: no DISCONNECT, no closing handshake. `onEnd` is not called. */
  drop(): void {
    this.ended = true;
    this.refuseWaiting(new Error('the line was dropped'));
    const socket = this.socket as (IStompSocket & { terminate?: () => void }) | undefined;
    socket?.terminate?.();
    void this.client.deactivate({ force: true });
  }
}
