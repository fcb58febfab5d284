import { MalformedFrame } from '#fleet/protocol/bytes.ts';
import { type ClientMessage, clientFrames } from '#fleet/protocol/messages.ts';
import { AdmissionRefused } from '#fleet/src/persist/character-ports.ts';
import type { ZoneClient } from '#fleet/src/zone/viewer.ts';
import { type CloseReason, closeCodes } from '#shared/contract/zone-protocol.ts';
import type { BenchWorld } from './bench-world.ts';
import { CLOSE, FRAME, NUMBER_BITS, TICK_END, WAKE_BY, WRITE } from './gateway-link.ts';
import { RingWriter } from './shared-ring.ts';
import { type Woken, wake } from './wake-up.ts';

/** The tick thread's way to the sockets of one worker. */
export class GatewayOutlet {
  private readonly worker: Woken;
  private readonly ring: RingWriter;
  /** What this tick has put into the ring so far: most frames are many clients'. */
  private readonly numbers = new Map<Uint8Array, number>();
  /** Clients to be closed of whom the ring was too full to say so. */
  private readonly unsaid = new Map<number, number>();
  /** Writes that found the ring full: the worker stands still, and whoever missed one is closed. */
  lostWrites = 0;

  constructor(worker: Woken, memory: SharedArrayBuffer) {
    this.worker = worker;
    this.ring = new RingWriter(memory);
  }

  /** Answers false when the ring is full: the client has missed a tick, and nothing that comes later can be right. */
  write(client: number, bytes: Uint8Array): boolean {
    let frame = this.numbers.get(bytes);
    if (frame === undefined) {
      frame = this.numbers.size;
      if (!this.ring.putBytes(FRAME, frame, bytes)) return this.lost();
      this.numbers.set(bytes, frame);
    }
    return this.ring.put(WRITE, client, frame) || this.lost();
  }

  private lost(): boolean {
    this.lostWrites += 1;
    return false;
  }

  close(client: number, code: number): void {
    if (!this.ring.put(CLOSE, client, code)) this.unsaid.set(client, code);
  }

  /** Hands over what has been said in this tick, which began at that moment. */
  endTick(tick: number, beganUs: number): void {
    for (const [client, code] of this.unsaid) {
      if (!this.ring.put(CLOSE, client, code)) break;
      this.unsaid.delete(client);
    }
    this.ring.put(TICK_END, tick & NUMBER_BITS, beganUs | 0);
    this.numbers.clear();
    this.ring.publish();
    wake(WAKE_BY, this.worker, this.ring.head);
  }
}

/** A client whose socket is a worker's. Knows what the benchmark's clients say: their ticket, and where they are. */
export class GatewayClient implements ZoneClient {
  private readonly outlet: GatewayOutlet;
  private readonly number: number;
  private readonly world: BenchWorld;
  private characterId = '';
  private isClosed = false;

  constructor(outlet: GatewayOutlet, number: number, world: BenchWorld) {
    this.outlet = outlet;
    this.number = number;
    this.world = world;
  }

  write(frames: Uint8Array): void {
    if (!this.isClosed && !this.outlet.write(this.number, frames)) this.close('too_slow');
  }

  close(reason: CloseReason): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.outlet.close(this.number, closeCodes[reason]);
  }

  received(frame: Uint8Array): void {
    if (this.isClosed) return;
    try {
      this.act(clientFrames.decode(frame));
    } catch (cause) {
      if (cause instanceof AdmissionRefused) this.close(cause.reason);
      else if (cause instanceof MalformedFrame) this.close('malformed');
      else throw cause;
    }
  }

  gone(): void {
    this.isClosed = true;
    this.world.zone.disconnect(this.characterId, this);
  }

  private act({ name, fields }: ClientMessage): void {
    const { zone } = this.world;
    if (name === 'hello') {
      const who = this.world.admission(fields.ticket);
      this.characterId = who.characterId;
      zone.admit(who, this, fields.resume);
    } else if (name === 'input') {
      const { seq, seenTick, correction, yaw } = fields;
      const { originX, originY } = zone.sim.state.zone;
      const place = { x: originX + fields.x, y: originY + fields.y, yaw, seenTick };
      zone.input(this.characterId, this, (slot) => ({ kind: 'move', slot, seq, correction, ...place }), seenTick);
    }
  }
}
