import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { type Dialect, dialects, leave } from './client-messages.ts';
import { FrameCounter } from './frame-counter.ts';
import type { Scenario } from './scenario.ts';

const END_OF_HEAD = '\r\n\r\n';
const CLOSE_FRAME = 0x88;
/** All sockets read into it, one after the other. */
const shared = Buffer.allocUnsafe(65_536);

/** One raw socket that counts what it gets and decodes nothing. */
export class BenchClient {
  readonly player: number;
  private readonly dialect: Dialect;
  private readonly port: number;
  private readonly path: string;
  private socket: Socket | undefined;
  private counter = new FrameCounter();
  private head: string | undefined = '';
  private onFirstTick: (() => void) | undefined;
  private goesOn = true;
  tickFrames = 0;
  bytes = 0;
  seenTick = 0;
  /** It has got a tick on this connection: from then on it may speak. */
  isIn = false;
  /** Ended by the server, without having asked for it. */
  wasDropped = false;
  private isLeaving = false;
  private lastWord = 'upgraded';

  constructor({ server }: Scenario, player: number, port: number, path: string) {
    this.dialect = dialects[server];
    this.player = player;
    this.port = port;
    this.path = path;
  }

  /** Connects; resolves with the first tick's frame. */
  async connect(): Promise<void> {
    this.counter = new FrameCounter();
    this.head = '';
    this.isLeaving = false;
    this.isIn = false;
    await new Promise<void>((resolve, reject) => {
      this.onFirstTick = resolve;
      const onread = { buffer: shared, callback: (length: number) => this.read(length) };
      const socket = connect({ port: this.port, host: '127.0.0.1', onread, noDelay: true }, () => {
        const key = randomBytes(16).toString('base64');
        socket.write(
          `GET ${this.path} HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
        );
      });
      this.socket = socket;
      let why = 'closed';
      socket.on('error', ({ message }) => {
        why = message;
      });
      socket.on('close', () => {
        if (!this.isLeaving) this.wasDropped = true;
        reject(
          new Error(`client ${this.player} was not let in: ${why}, ${this.head?.split('\r\n', 1)[0] ?? this.lastWord}`),
        );
      });
    });
  }

  private read(length: number): boolean {
    let from = 0;
    if (this.head !== undefined) {
      this.head += shared.toString('latin1', 0, length);
      const end = this.head.indexOf(END_OF_HEAD);
      if (end < 0) return true;
      from = length - (this.head.length - end - END_OF_HEAD.length);
      this.head = undefined;
      const greeting = this.dialect.greeting(this.player);
      if (greeting) this.socket!.write(greeting);
    }
    this.bytes += length - from;
    if (length > from) this.counter.take(from === 0 ? shared : shared.subarray(from), length - from, this.seen);
    return this.goesOn;
  }

  private readonly seen = (head: Uint8Array, at: number, payload: number): void => {
    if (head[0] === CLOSE_FRAME) {
      this.lastWord = `close ${(head[at]! << 8) | head[at + 1]!}`;
      this.socket!.end();
      return;
    }
    if (payload === 0) return;
    const id = head[at]!;
    if (this.dialect.isTick(id)) {
      this.tickFrames += 1;
      this.isIn = true;
      this.seenTick = (head[at + 1]! | (head[at + 2]! << 8) | (head[at + 3]! << 16) | (head[at + 4]! << 24)) >>> 0;
      if (!this.onFirstTick) return;
      this.onFirstTick();
      this.onFirstTick = undefined;
      return;
    }
    const answer = this.dialect.answer(id);
    if (answer) this.socket!.write(answer);
  };

  send(frame: Buffer): void {
    this.socket!.write(frame);
  }

  /** Reads nothing more, and so says nothing more of what it has seen. */
  stall(): void {
    this.goesOn = false;
  }

  get isStalled(): boolean {
    return !this.goesOn;
  }

  /** Leaves the world in good order, and comes back. */
  async comeAgain(): Promise<void> {
    const before = this.socket!;
    this.isLeaving = true;
    this.isIn = false;
    const closed = new Promise<void>((resolve) => {
      before.once('close', () => resolve());
    });
    before.write(leave());
    await closed;
    await this.connect();
  }

  end(): void {
    this.isLeaving = true;
    this.socket?.destroy();
  }
}
