import type { CloseReason } from '#shared/contract/zone-protocol.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { TickFrames } from './tick-frames.ts';

/** What a zone asks of a connection. */
export interface ZoneClient {
  /** Writes ready WebSocket frames, all in one write. */
  write(frames: readonly Uint8Array[]): void;
  close(reason: CloseReason): void;
}

/** Beyond this many ticks behind, a client gets nothing more until it has caught up; then a fresh view. */
const STALL_TICKS = 2 * TICK_HZ;
/** Beyond this many, it is closed. */
const GIVE_UP_TICKS = 10 * TICK_HZ;
/** Messages that may wait for a write: more broadcasts are left out, more private ones end the connection. */
const MAX_WAITING_BROADCASTS = 64;
const MAX_WAITING = 256;

/** One player's window on the zone: what it has been told, and how far it has followed. */
export class Viewer {
  readonly slot: number;
  readonly client: ZoneClient;
  private cell = -1;
  private seenTick: number;
  private sentTick: number;
  private stalled = false;
  private waiting: Uint8Array[] = [];

  constructor(slot: number, client: ZoneClient, tick: number) {
    this.slot = slot;
    this.client = client;
    this.seenTick = tick;
    this.sentTick = tick;
  }

  get isStalled(): boolean {
    return this.stalled;
  }

  /** Newest tick that the client says it has applied; claims beyond what was sent count for nothing. */
  saw(tick: number): void {
    if (tick > this.seenTick && tick <= this.sentTick) this.seenTick = tick;
  }

  /** Queues a frame of this player's own for the next write: none is left out. */
  tell(frame: Uint8Array): void {
    this.waiting.push(frame);
  }

  /** Queues a frame that everybody gets; those who cannot follow miss it. */
  overhear(frame: Uint8Array): void {
    if (!this.stalled && this.waiting.length < MAX_WAITING_BROADCASTS) this.waiting.push(frame);
  }

  /**
   * Writes this tick, all in one. Answers false when the client is too far behind to be kept: it never sees a gap, it
   * is resynced with a fresh view or closed.
   */
  send(tick: number, cell: number, frames: TickFrames): boolean {
    if (tick - this.seenTick > GIVE_UP_TICKS || this.waiting.length > MAX_WAITING) return false;
    if (this.stalled) {
      if (this.seenTick < this.sentTick) return true;
      this.stalled = false;
      this.cell = -1;
    } else if (tick - this.seenTick > STALL_TICKS) {
      this.stalled = true;
      return true;
    }
    const frame =
      this.cell === cell
        ? frames.following(cell)
        : this.cell === -1
          ? frames.fresh(cell)
          : frames.crossing(this.cell, cell);
    this.cell = cell;
    this.sentTick = tick;
    if (this.waiting.length === 0) this.client.write([frame]);
    else {
      this.waiting.push(frame);
      this.client.write(this.waiting);
      this.waiting = [];
    }
    return true;
  }
}
