import type { TickMeter } from './tick-meter.ts';
import type { ZoneClient } from './viewer.ts';

/** Runs something in a later turn of the event loop, behind what has come in meanwhile. */
export type Defer = (run: () => void) => void;

/** So many clients are written to in one turn: about 2 ms. */
const SLICE_WRITES = 256;

export interface OutboxOptions {
  readonly meter: TickMeter;
  /** Unset: a tick writes everything before it returns. */
  readonly defer?: Defer | undefined;
  readonly sliceWrites?: number | undefined;
}

/**
 * The frames of a tick on their way to those who get nothing else, ready-made, so that nothing that happens meanwhile
 * changes them. They are written in slices, between which what comes in is read and timers run: otherwise a full zone
 * would hold its process up for as long as thousands of writes take. A tick is over when its last frame is written.
 */
export class Outbox {
  private readonly options: OutboxOptions;
  private readonly sliceWrites: number;
  private readonly clients: (ZoneClient | undefined)[] = [];
  private readonly frames: (Uint8Array | undefined)[] = [];
  private added = 0;
  private written = 0;
  private isDeferred = false;

  constructor(options: OutboxOptions) {
    this.options = options;
    this.sliceWrites = options.sliceWrites ?? SLICE_WRITES;
  }

  add(client: ZoneClient, frames: Uint8Array): void {
    this.clients[this.added] = client;
    this.frames[this.added] = frames;
    this.added += 1;
  }

  /** The part of a tick that belongs into its own turn. */
  writeFirst(): void {
    this.write(this.options.defer ? this.sliceWrites : this.added);
  }

  /** The rest, slice by slice; the tick is over behind the last. */
  writeRest(): void {
    const { meter, defer } = this.options;
    if (this.written === this.added) meter.end();
    else if (!this.isDeferred) {
      this.isDeferred = true;
      defer!(() => this.deferred());
    }
  }

  /** All that is left, at once: the next tick begins. */
  finish(): void {
    if (this.written === this.added) return;
    this.slice(this.added);
    this.options.meter.end();
  }

  /** Nothing more is written: the zone is another's. */
  drop(): void {
    for (; this.written < this.added; this.written += 1) this.forget(this.written);
    this.reset();
  }

  private deferred(): void {
    this.isDeferred = false;
    if (this.written === this.added) return;
    this.slice(this.sliceWrites);
    this.writeRest();
  }

  private slice(most: number): void {
    const { meter } = this.options;
    meter.resume();
    this.write(most);
    meter.finished('send');
  }

  private write(most: number): void {
    const to = Math.min(this.added, this.written + most);
    for (; this.written < to; this.written += 1) {
      this.clients[this.written]!.write(this.frames[this.written]!);
      this.forget(this.written);
    }
    if (this.written === this.added) this.reset();
  }

  private forget(at: number): void {
    this.clients[at] = undefined;
    this.frames[at] = undefined;
  }

  private reset(): void {
    this.added = 0;
    this.written = 0;
  }
}
