import type { WakeWay } from './wake-up.ts';

/** What goes through the rings between the tick thread and a thread that owns sockets. Kinds from 0x40 on carry bytes. */

/** To the sockets: the frame of this number in this tick, to be named by {@link WRITE}. */
export const FRAME = 0x40;
/** To the sockets: this client (`low`) gets that frame (`word`). 8 bytes, all that a client costs the tick thread. */
export const WRITE = 1;
/** To the sockets: this client (`low`) is closed with that code (`word`). */
export const CLOSE = 2;
/** To the sockets: all of the tick (`low`) that began at that moment (`word`, µs) has been said. */
export const TICK_END = 3;
/** From the sockets: this client (`word`) has sent these bytes, one message. */
export const MESSAGE = 0x41;
/** From the sockets: this client (`low`) is gone. */
export const GONE = 4;

/** Clients are numbered by their worker and ticks by the tick thread, in 24 bits. */
export const NUMBER_BITS = 0xff_ffff;

/** What a worker is given. */
export interface GatewayWorkerData {
  readonly outbound: SharedArrayBuffer;
  readonly inbound: SharedArrayBuffer;
  /** 0: any that is free. */
  readonly port: number;
  /** Whether others listen at the same port. */
  readonly isShared: boolean;
}

export type ToGatewayWorker = 'begin' | 'end';
export type FromGatewayWorker =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'begun' }
  | ({ readonly kind: 'measured' } & GatewayWorkerMeasurement);

/** What a worker tells of a measurement. */
export interface GatewayWorkerMeasurement {
  readonly cpuMs: number;
  readonly clients: number;
  /** From the beginning of each tick until this worker had written it to all its clients, by the tick's number. */
  readonly lastWriteUs: readonly (readonly [tick: number, us: number])[];
  /** Messages of clients that found the ring to the tick thread full. */
  readonly lostMessages: number;
}

/** Bytes of a ring to the sockets: several seconds of ticks. */
export const OUTBOUND_BYTES = 4 * 1_024 * 1_024;
/** Bytes of a ring from the sockets. */
export const INBOUND_BYTES = 1_024 * 1_024;

/** How workers are woken, once a tick: `wake-cost.ts` measures both ways, and they cost the same within a few µs. */
export const WAKE_BY: WakeWay = 'atomics';
