import { METRES_PER_UNIT, SIXTEENTHS, TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { SimState } from './state.ts';

/** One second. */
const KEPT_TICKS = TICK_HZ;
const UNITS_PER_METRE = 1 / METRES_PER_UNIT;
/** Farther than this in one tick is no walk: there is nothing in between. */
const LARGEST_WALK_METRES = 2;

/**
 * Where everybody was at the end of each of the last ticks, as clients were told it: a ring of columns by slot. Who
 * has come, or was put elsewhere, has no past before that.
 */
export class History {
  private readonly x: readonly Uint16Array[];
  private readonly y: readonly Uint16Array[];
  /** The first tick at which a slot's present occupant stood where its past leads to. */
  private readonly sinceTick: Uint32Array;
  private readonly incarnation: Uint32Array;
  private sum = 0;

  constructor(capacity: number) {
    const column = () => new Uint16Array(capacity + 1);
    this.x = Array.from({ length: KEPT_TICKS }, column);
    this.y = Array.from({ length: KEPT_TICKS }, column);
    this.sinceTick = new Uint32Array(capacity + 1);
    this.incarnation = new Uint32Array(capacity + 1);
  }

  /** Remembers the end of the present tick. */
  record({ entities, zone, tick }: SimState): void {
    const x = this.x[tick % KEPT_TICKS]!;
    const y = this.y[tick % KEPT_TICKS]!;
    const { originX, originY } = zone;
    let { sum } = this;
    for (const slot of entities.slots()) {
      const unitsX = Math.round((entities.x[slot]! - originX) * UNITS_PER_METRE);
      const unitsY = Math.round((entities.y[slot]! - originY) * UNITS_PER_METRE);
      x[slot] = unitsX;
      y[slot] = unitsY;
      if (this.incarnation[slot] !== entities.incarnation[slot]) {
        this.incarnation[slot] = entities.incarnation[slot]!;
        this.sinceTick[slot] = tick;
      }
      sum = Math.imul(sum ^ ((unitsX << 16) | unitsY), 0x01000193);
    }
    this.sum = sum;
  }

  /** Was put elsewhere in this tick: nobody may strike it on the way. */
  jumped(slot: number, tick: number): void {
    this.sinceTick[slot] = tick;
  }

  hasJumped(slot: number, tick: number): boolean {
    return this.sinceTick[slot] === tick;
  }

  /**
   * Where an entity was at a moment, in sixteenths of a tick; `into` takes it. Answers false when it was not there
   * yet. Moments of the present tick lie between the end of the last one and where it stands now.
   */
  placeAt({ entities, zone, tick }: SimState, slot: number, moment: number, into: { x: number; y: number }): boolean {
    if (moment >= tick * SIXTEENTHS) {
      into.x = entities.x[slot]!;
      into.y = entities.y[slot]!;
      return true;
    }
    // Somebody who has come in this very tick is in no column yet.
    if (this.incarnation[slot] !== entities.incarnation[slot]) return false;
    if (moment < this.sinceTick[slot]! * SIXTEENTHS) return false;
    const before = Math.floor(moment / SIXTEENTHS);
    const fromX = zone.originX + this.x[before % KEPT_TICKS]![slot]! * METRES_PER_UNIT;
    const fromY = zone.originY + this.y[before % KEPT_TICKS]![slot]! * METRES_PER_UNIT;
    const isNow = before + 1 === tick;
    const after = (before + 1) % KEPT_TICKS;
    const toX = isNow ? entities.x[slot]! : zone.originX + this.x[after]![slot]! * METRES_PER_UNIT;
    const toY = isNow ? entities.y[slot]! : zone.originY + this.y[after]![slot]! * METRES_PER_UNIT;
    const share = (moment - before * SIXTEENTHS) / SIXTEENTHS;
    const isWalk = Math.hypot(toX - fromX, toY - fromY) <= LARGEST_WALK_METRES;
    into.x = isWalk ? fromX + (toX - fromX) * share : fromX;
    into.y = isWalk ? fromY + (toY - fromY) * share : fromY;
    return true;
  }

  /** Stands for every place that was ever remembered. */
  digest(): readonly number[] {
    return [this.sum];
  }

  columns(): ArrayBufferView[] {
    return [this.sinceTick];
  }
}
