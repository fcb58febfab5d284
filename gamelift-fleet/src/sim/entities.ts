import { utf8 } from '#fleet/protocol/bytes.ts';
import { entityStates } from '#shared/contract/zone-protocol.ts';
import { entityRecord } from '#shared/contract/zone-records.ts';

export const PLAYER = 0;
export const NPC = 1;
/** Something that stands still and can be used. */
export const OBJECT = 2;

/**
 * Everybody in the zone, one column per property, indexed by slot. A slot is also the entity's id on the wire; slot 0
 * is nobody. Freed slots come back in the order of their freeing, so that an id rests long before it names another.
 */
export class Entities {
  readonly capacity: number;
  readonly sort: Uint8Array;
  readonly kind: Uint8Array;
  readonly level: Uint8Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Radians. */
  readonly yaw: Float64Array;
  readonly health: Uint16Array;
  readonly maxHealth: Uint16Array;
  readonly state: Uint8Array;
  /** Bits of `entityFlags`. */
  readonly flags: Uint8Array;
  /** Sequence of the last input that was accepted from the owner. */
  readonly ack: Uint32Array;
  /** Names as they stand on the wire. */
  readonly name: Uint8Array[];
  /** Rises each time the slot names somebody new. */
  readonly incarnation: Uint32Array;
  private readonly alive: Uint8Array;
  private readonly dense: Uint16Array;
  private readonly denseIndex: Uint16Array;
  private readonly free: Uint16Array;
  private freeHead = 0;
  private freeCount: number;
  private count = 0;

  constructor(capacity: number) {
    const size = capacity + 1;
    this.capacity = capacity;
    this.sort = new Uint8Array(size);
    this.kind = new Uint8Array(size);
    this.level = new Uint8Array(size);
    this.x = new Float64Array(size);
    this.y = new Float64Array(size);
    this.yaw = new Float64Array(size);
    this.health = new Uint16Array(size);
    this.maxHealth = new Uint16Array(size);
    this.state = new Uint8Array(size);
    this.flags = new Uint8Array(size);
    this.ack = new Uint32Array(size);
    this.name = new Array<Uint8Array>(size).fill(new Uint8Array());
    this.incarnation = new Uint32Array(size);
    this.alive = new Uint8Array(size);
    this.dense = new Uint16Array(capacity);
    this.denseIndex = new Uint16Array(size);
    this.free = Uint16Array.from({ length: capacity }, (_, i) => i + 1);
    this.freeCount = capacity;
  }

  get size(): number {
    return this.count;
  }

  get full(): boolean {
    return this.freeCount === 0;
  }

  /** Slots in use, in no particular but a deterministic order; valid until the next add or remove. */
  slots(): Uint16Array {
    return this.dense.subarray(0, this.count);
  }

  has(slot: number): boolean {
    return this.alive[slot] === 1;
  }

  /** Takes a free slot. @throws RangeError when all are taken: ask {@link full} first. */
  add(entity: {
    readonly sort: number;
    readonly kind: number;
    readonly level: number;
    readonly name: string;
    readonly x: number;
    readonly y: number;
    readonly yaw: number;
    readonly health: number;
    readonly maxHealth: number;
  }): number {
    if (this.full) throw new RangeError('no free entity slot');
    const slot = this.free[this.freeHead]!;
    this.freeHead = (this.freeHead + 1) % this.capacity;
    this.freeCount -= 1;
    this.alive[slot] = 1;
    this.incarnation[slot]! += 1;
    this.denseIndex[slot] = this.count;
    this.dense[this.count++] = slot;
    this.sort[slot] = entity.sort;
    this.kind[slot] = entity.kind;
    this.level[slot] = entity.level;
    this.x[slot] = entity.x;
    this.y[slot] = entity.y;
    this.yaw[slot] = entity.yaw;
    this.health[slot] = entity.health;
    this.maxHealth[slot] = entity.maxHealth;
    this.state[slot] = entity.health === 0 ? entityStates.dead : entityStates.alive;
    this.flags[slot] = 0;
    this.ack[slot] = 0;
    this.name[slot] = utf8(entity.name, entityRecord.always.name.text.maxBytes);
    return slot;
  }

  remove(slot: number): void {
    if (!this.has(slot)) return;
    this.alive[slot] = 0;
    const index = this.denseIndex[slot]!;
    const last = this.dense[--this.count]!;
    this.dense[index] = last;
    this.denseIndex[last] = index;
    this.free[(this.freeHead + this.freeCount) % this.capacity] = slot;
    this.freeCount += 1;
  }

  /** The columns that make up the state, for its hash. */
  columns(): ArrayBufferView[] {
    return [this.slots().slice(), this.x, this.y, this.yaw, this.health, this.state, this.flags, this.level, this.ack];
  }
}
