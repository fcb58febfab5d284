import { WebSocket } from 'ws';
import { Replica } from '#fleet/client/replica.ts';
import { serverFrames } from '#fleet/protocol/messages.ts';
import { viewShown } from '#fleet/testing/view-truth.ts';
import { dialects } from './client-messages.ts';

const MASK_AND_HEADER = 6;

/** One client that decodes everything, to be held against the truth. */
export class DecodingClient {
  readonly player: number;
  private readonly url: string;
  private readonly replica = new Replica();
  private socket: WebSocket | undefined;
  private slot = 0;
  private paused = false;
  tickFrames = 0;
  bytes = 0;
  wasDropped = false;

  constructor(player: number, port: number, path: string) {
    this.player = player;
    this.url = `ws://127.0.0.1:${port}${path}`;
  }

  get seenTick(): number {
    return this.replica.tick;
  }

  get isIn(): boolean {
    return this.tickFrames > 0;
  }

  get isStalled(): boolean {
    return this.paused;
  }

  async connect(): Promise<void> {
    const socket = new WebSocket(this.url, { perMessageDeflate: false });
    this.socket = socket;
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('open', () => socket.send(unframed(dialects.zone.greeting(this.player)!)));
      socket.on('close', () => {
        this.wasDropped = true;
        reject(new Error(`client ${this.player} was not let in`));
      });
      socket.on('message', (data: Buffer) => {
        this.bytes += data.length;
        this.take(data);
        if (this.tickFrames === 1) resolve();
      });
    });
  }

  private take(data: Buffer): void {
    const message = serverFrames.decode(data);
    if (message.name === 'cold' && message.fields.type === 'welcome') this.slot = message.fields.entityId;
    if (message.name !== 'tick') return;
    this.replica.apply(message.fields);
    this.tickFrames += 1;
  }

  send(frame: Buffer): void {
    this.socket!.send(unframed(frame));
  }

  stall(): void {
    this.paused = true;
    this.socket!.pause();
  }

  /** The number of its entity, and what it shows. */
  view(): readonly [slot: number, lines: readonly string[]] {
    return [this.slot, viewShown(this.replica)];
  }
}

const unframed = (frame: Buffer): Buffer => frame.subarray(MASK_AND_HEADER);
