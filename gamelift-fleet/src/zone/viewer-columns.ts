import type { ZoneClient } from './viewer.ts';

/** Of one who has been shown nothing that still holds, or only a part of what is seen from its cell. */
export const NO_WHOLE_VIEW = -1;

/**
 * What the common case of sending asks of each window, by the slot of its body: a few columns instead of a handful of objects
 * for each client, which twenty times a second would come from far memory one after the other.
 */
export class ViewerColumns {
  readonly client: (ZoneClient | undefined)[];
  /** The cell all of whose view it has been shown up to the tick before, or {@link NO_WHOLE_VIEW}. */
  readonly cell: Int32Array;
  /** Newest tick that the client has confirmed, and the newest one that it has been sent. */
  readonly seenTick: Int32Array;
  readonly sentTick: Int32Array;
  /** Newest message to all that it has been sent. */
  readonly zoneSent: Float64Array;
  /** 1: there may be something to tell it alone, or it is behind. */
  readonly isApart: Uint8Array;
  /** The last tick's frame, when it was not this client's turn. */
  readonly held: (Uint8Array | undefined)[];

  constructor(size: number) {
    this.client = Array.from({ length: size }, () => undefined);
    this.held = Array.from({ length: size }, () => undefined);
    this.cell = new Int32Array(size).fill(NO_WHOLE_VIEW);
    this.seenTick = new Int32Array(size);
    this.sentTick = new Int32Array(size);
    this.zoneSent = new Float64Array(size);
    this.isApart = new Uint8Array(size);
  }

  begin(slot: number, client: ZoneClient, tick: number, zoneSeq: number): void {
    this.client[slot] = client;
    this.held[slot] = undefined;
    this.cell[slot] = NO_WHOLE_VIEW;
    this.seenTick[slot] = tick;
    this.sentTick[slot] = tick;
    this.zoneSent[slot] = zoneSeq;
    this.isApart[slot] = 1;
  }

  end(slot: number): void {
    this.client[slot] = undefined;
    this.held[slot] = undefined;
  }
}
