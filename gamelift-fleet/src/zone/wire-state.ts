import { changeBits } from '#fleet/protocol/generated-codec.ts';
import { scalars } from '#shared/contract/zone-fields.ts';
import { METRES_PER_UNIT, packStep, STILL } from '#shared/contract/zone-protocol.ts';
import type { SimState } from '../sim/state.ts';

const MAX_STEP = 7;
// A property would be looked up for every entity.
const UNITS_PER_METRE = 1 / METRES_PER_UNIT;
const TURN_UNIT: number = scalars.turn.perUnit;

/**
 * Every entity as the wire last told it, one column per property, and what the present tick changed of it. It follows
 * all of them on every tick, watched or not, so that a stream can be joined at any tick.
 */
export class WireState {
  readonly id: Uint16Array;
  readonly x: Uint16Array;
  readonly y: Uint16Array;
  readonly yaw: Uint8Array;
  readonly health: Uint16Array;
  readonly maxHealth: Uint16Array;
  readonly level: Uint8Array;
  readonly state: Uint8Array;
  readonly flags: Uint8Array;
  readonly ack: Uint8Array;
  /** This tick's step; {@link STILL}: none. */
  readonly step: Uint8Array;
  readonly isAcked: Uint8Array;
  /** Which optional fields of the change record this tick's change has. */
  readonly mask: Uint8Array;

  constructor(slots: number) {
    this.id = Uint16Array.from({ length: slots }, (_, slot) => slot);
    this.x = new Uint16Array(slots);
    this.y = new Uint16Array(slots);
    this.yaw = new Uint8Array(slots);
    this.health = new Uint16Array(slots);
    this.maxHealth = new Uint16Array(slots);
    this.level = new Uint8Array(slots);
    this.state = new Uint8Array(slots);
    this.flags = new Uint8Array(slots);
    this.ack = new Uint8Array(slots);
    this.step = new Uint8Array(slots).fill(STILL);
    this.isAcked = new Uint8Array(slots);
    this.mask = new Uint8Array(slots);
  }

  /** Takes an entity's present state in. */
  follow({ entities, zone }: SimState, slot: number): void {
    const x = Math.round((entities.x[slot]! - zone.originX) * UNITS_PER_METRE);
    const y = Math.round((entities.y[slot]! - zone.originY) * UNITS_PER_METRE);
    const yaw = Math.round(entities.yaw[slot]! / TURN_UNIT) & 0xff;
    const health = entities.health[slot]!;
    const state = entities.state[slot]!;
    const flags = entities.flags[slot]!;
    const ack = entities.ack[slot]! & 0xff;
    let mask = 0;
    let step = STILL;
    const dx = x - this.x[slot]!;
    const dy = y - this.y[slot]!;
    if (dx !== 0 || dy !== 0) {
      if (dx >= -MAX_STEP && dx <= MAX_STEP && dy >= -MAX_STEP && dy <= MAX_STEP) step = packStep(dx, dy);
      else mask |= changeBits.place;
      this.x[slot] = x;
      this.y[slot] = y;
    }
    if (yaw !== this.yaw[slot]) mask |= changeBits.yaw;
    if (health !== this.health[slot]) mask |= changeBits.health;
    if (state !== this.state[slot]) mask |= changeBits.state;
    if (flags !== this.flags[slot]) mask |= changeBits.flags;
    const maxHealth = entities.maxHealth[slot]!;
    if (maxHealth !== this.maxHealth[slot]) mask |= changeBits.maxHealth;
    this.maxHealth[slot] = maxHealth;
    const level = entities.level[slot]!;
    if (level !== this.level[slot]) mask |= changeBits.level;
    this.level[slot] = level;
    this.step[slot] = step;
    this.isAcked[slot] = ack === this.ack[slot] ? 0 : 1;
    this.yaw[slot] = yaw;
    this.health[slot] = health;
    this.state[slot] = state;
    this.flags[slot] = flags;
    this.ack[slot] = ack;
    this.mask[slot] = mask;
  }

  /** It is told whole in this tick: nothing of it is told again as a change. */
  isToldWhole(slot: number): void {
    this.step[slot] = STILL;
    this.isAcked[slot] = 0;
    this.mask[slot] = 0;
  }
}
