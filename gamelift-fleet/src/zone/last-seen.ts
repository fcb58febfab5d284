import type { Entities } from '../sim/entities.ts';

/** Where everybody was last seen to be, by slot: who stands still is told from who moves. */
export class LastSeen {
  /** Of whom the slot's row speaks; 0: of nobody. */
  readonly incarnation: Uint32Array;
  readonly stay: Uint32Array;
  /** The tick. */
  readonly sequence: Uint32Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly yaw: Float64Array;
  readonly health: Uint16Array;

  constructor(capacity: number) {
    const size = capacity + 1;
    this.incarnation = new Uint32Array(size);
    this.stay = new Uint32Array(size);
    this.sequence = new Uint32Array(size);
    this.x = new Float64Array(size);
    this.y = new Float64Array(size);
    this.yaw = new Float64Array(size);
    this.health = new Uint16Array(size);
  }

  /** The body in this slot is in this stay and is as it was seen last. */
  isStill(slot: number, stay: number, { incarnation, x, y, yaw, health }: Entities): boolean {
    return (
      this.incarnation[slot] === incarnation[slot] &&
      this.stay[slot] === stay &&
      this.x[slot] === x[slot] &&
      this.y[slot] === y[slot] &&
      this.yaw[slot] === yaw[slot] &&
      this.health[slot] === health[slot]
    );
  }

  see(slot: number, stay: number, tick: number, { incarnation, x, y, yaw, health }: Entities): void {
    this.incarnation[slot] = incarnation[slot]!;
    this.stay[slot] = stay;
    this.sequence[slot] = tick;
    this.x[slot] = x[slot]!;
    this.y[slot] = y[slot]!;
    this.yaw[slot] = yaw[slot]!;
    this.health[slot] = health[slot]!;
  }
}
