import { clientFrames } from '#fleet/protocol/messages.ts';
import type { SocketLike } from './link-options.ts';

/** How often a side line says how far it has come. */
const SEEN_EVERY_STEPS = 10;
/** After a side line broke or did not come about, no other is tried for so long: twice as long from time to time. */
const FIRST_RETRY_MS = 5_000;
const MAX_RETRY_MS = 160_000;

interface Side {
  readonly socket: SocketLike;
  isOpen: boolean;
  /** The tick that came over it last, or behind which it begins. */
  atTick: number;
}

/** What side lines are made of and for. */
export interface SideLineOptions {
  /** Opens one more socket to where the main one leads. */
  readonly open: () => SocketLike;
  /** A frame has come over one that was at this tick; answers at which it is now. */
  readonly heard: (frame: Uint8Array, atTick: number) => number;
  readonly nowMs: () => number;
}

/** The lines beside the main one: each carries a copy of everything, both ways. */
export class SideLines {
  private readonly options: SideLineOptions;
  private readonly sides: Side[] = [];
  private key: Uint8Array | undefined;
  /** Messages sent since the key was asked for; undefined: it was not. */
  private sent: number | undefined;
  private wanted = 0;
  private retryAtMs = Number.NEGATIVE_INFINITY;
  private retryAfterMs = FIRST_RETRY_MS;
  private steps = 0;

  constructor(options: SideLineOptions) {
    this.options = options;
  }

  /** How many are open. */
  get count(): number {
    return this.sides.filter(({ isOpen }) => isOpen).length;
  }

  /** Has so many of them from here on; answers whether the key must be asked for, which is to be done at once. */
  want(count: number): boolean {
    this.wanted = count;
    while (this.sides.length > count) this.sides.pop()!.socket.close();
    if (count === 0 || this.sent !== undefined) return false;
    this.sent = 0;
    return true;
  }

  keyed(key: Uint8Array): void {
    this.key = key;
  }

  /** A message goes over the main line. */
  copy(frame: Uint8Array): void {
    if (this.sent === undefined) return;
    this.sent += 1;
    for (const { isOpen, socket } of this.sides) if (isOpen) socket.send(frame);
  }

  /** One client tick: opens what is missing, and says how far each has come. */
  step(): void {
    this.steps += 1;
    if (this.key && this.sides.length < this.wanted && this.options.nowMs() >= this.retryAtMs) this.open(this.key);
    if (this.steps % SEEN_EVERY_STEPS !== 0) return;
    for (const { isOpen, socket, atTick } of this.sides)
      if (isOpen) socket.send(clientFrames.encode({ name: 'lineSeen', fields: { tick: atTick } }));
  }

  private open(key: Uint8Array): void {
    const side: Side = { socket: this.options.open(), isOpen: false, atTick: 0 };
    const { socket } = side;
    this.sides.push(side);
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => {
      if (!this.sides.includes(side)) return;
      socket.send(clientFrames.encode({ name: 'line', fields: { key, count: this.sent! } }));
      side.isOpen = true;
    });
    socket.addEventListener('message', ({ data }) => {
      if (!this.sides.includes(side) || !(data instanceof ArrayBuffer)) return;
      side.atTick = this.options.heard(new Uint8Array(data), side.atTick);
      this.retryAfterMs = FIRST_RETRY_MS;
    });
    socket.addEventListener('error', () => {});
    socket.addEventListener('close', () => {
      const at = this.sides.indexOf(side);
      if (at < 0) return;
      this.sides.splice(at, 1);
      this.retryAtMs = this.options.nowMs() + this.retryAfterMs;
      this.retryAfterMs = Math.min(MAX_RETRY_MS, 2 * this.retryAfterMs);
    });
  }

  /** The main line has ended. */
  close(): void {
    this.key = undefined;
    for (const { socket } of this.sides.splice(0)) socket.close();
  }
}
