import { ByteWriter } from '#fleet/protocol/bytes.ts';
import { columnWriter, maskBit } from '#fleet/protocol/codec.ts';
import {
  cellRecord,
  changeRecord,
  combatRecord,
  entityRecord,
  METRES_PER_UNIT,
  NO_CELL,
  packStep,
  scalars,
} from '#shared/contract/zone-protocol.ts';
import type { SimState } from '../sim/state.ts';

const STEP = maskBit(changeRecord, 'step');
const PLACE = maskBit(changeRecord, 'place');
const YAW = maskBit(changeRecord, 'yaw');
const HEALTH = maskBit(changeRecord, 'health');
const STATE = maskBit(changeRecord, 'state');
const ACK = maskBit(changeRecord, 'ack');
const FLAGS = maskBit(changeRecord, 'flags');
const ALL = maskBit(cellRecord, 'all');
const LEFT = maskBit(cellRecord, 'left');
const ENTERED = maskBit(cellRecord, 'entered');
const CHANGED = maskBit(cellRecord, 'changed');
const COMBAT = maskBit(cellRecord, 'combat');

const MAX_STEP = 7;
const NONE = -1;

/**
 * The stream of each cell: what a tick changed in it, encoded once for all who see it. The wire columns hold what every
 * stream has told so far; they follow every entity on every tick, watched or not, so that a stream can be joined at any
 * tick with the cell's whole state.
 */
export class CellStreams {
  private readonly state: SimState;
  private readonly out = new ByteWriter(64 * 1_024);
  private readonly x: Uint16Array;
  private readonly y: Uint16Array;
  private readonly yaw: Uint8Array;
  private readonly health: Uint16Array;
  private readonly entityState: Uint8Array;
  private readonly ack: Uint8Array;
  private readonly flags: Uint8Array;
  private readonly step: Uint8Array;
  /** Which optional fields of the change record this tick's change has. */
  private readonly mask: Uint8Array;
  /** Cell in whose stream the entity stands; NO_CELL: in none. */
  private readonly toldCell: Uint16Array;
  private readonly toldIncarnation: Uint32Array;
  /** Slots that a stream has told of and that may have gone since. */
  private told: number[] = [];
  private nextTold: number[] = [];
  /** This tick's departures, chained by cell. */
  private readonly leftHead: Int32Array;
  private readonly leftNext: number[] = [];
  private readonly leftSlot: number[] = [];
  private readonly leftTo: number[] = [];
  private readonly enteredTick: Uint32Array;
  /** This tick's combat events, chained by cell. */
  private readonly combatHead: Int32Array;
  private readonly combatNext: Int32Array;
  private readonly touched: number[] = [];
  private readonly writeEntity: ReturnType<typeof columnWriter>;
  private readonly writeChange: ReturnType<typeof columnWriter>;
  private readonly writeCombat: ReturnType<typeof columnWriter>;
  private readonly deltas = new Map<number, Uint8Array | undefined>();
  private readonly snapshots = new Map<number, Uint8Array>();

  constructor(state: SimState) {
    this.state = state;
    const { entities, grid } = state;
    const size = entities.capacity + 1;
    this.x = new Uint16Array(size);
    this.y = new Uint16Array(size);
    this.yaw = new Uint8Array(size);
    this.health = new Uint16Array(size);
    this.entityState = new Uint8Array(size);
    this.ack = new Uint8Array(size);
    this.flags = new Uint8Array(size);
    this.step = new Uint8Array(size);
    this.mask = new Uint8Array(size);
    this.toldCell = new Uint16Array(size).fill(NO_CELL);
    this.toldIncarnation = new Uint32Array(size);
    this.enteredTick = new Uint32Array(size);
    this.leftHead = new Int32Array(grid.cells).fill(NONE);
    this.combatHead = new Int32Array(grid.cells).fill(NONE);
    const { combat } = state.outcome;
    this.combatNext = new Int32Array(combat.cell.length);
    const id = Uint16Array.from({ length: size }, (_, slot) => slot);
    const columns = {
      id,
      x: this.x,
      y: this.y,
      yaw: this.yaw,
      health: this.health,
      state: this.entityState,
      ack: this.ack,
      flags: this.flags,
    };
    this.writeEntity = columnWriter(entityRecord, {
      ...columns,
      sort: entities.sort,
      kind: entities.kind,
      level: entities.level,
      maxHealth: entities.maxHealth,
      name: entities.name,
    });
    this.writeChange = columnWriter(changeRecord, {
      ...columns,
      step: this.step,
      'place.x': this.x,
      'place.y': this.y,
    });
    this.writeCombat = columnWriter(combatRecord, {
      source: combat.source,
      target: combat.target,
      ability: combat.ability,
      outcome: combat.outcome,
      amount: combat.amount,
    });
  }

  /** Takes in the tick that the simulation has just done. Blocks asked for before are no longer valid. */
  advance(): void {
    this.deltas.clear();
    this.snapshots.clear();
    this.out.clear();
    for (const cell of this.touched) {
      this.leftHead[cell] = NONE;
      this.combatHead[cell] = NONE;
    }
    this.touched.length = 0;
    this.leftNext.length = 0;
    this.leftSlot.length = 0;
    this.leftTo.length = 0;
    const { entities, tick } = this.state;
    for (const slot of this.told) {
      const gone = !entities.has(slot) || entities.incarnation[slot] !== this.toldIncarnation[slot];
      if (!gone) continue;
      this.depart(slot, this.toldCell[slot]!, NO_CELL);
      this.toldCell[slot] = NO_CELL;
    }
    this.nextTold.length = 0;
    for (const slot of entities.slots()) {
      this.follow(slot, tick);
      this.nextTold.push(slot);
    }
    [this.told, this.nextTold] = [this.nextTold, this.told];
    this.chainCombat();
  }

  private follow(slot: number, tick: number): void {
    const { entities, grid, zone } = this.state;
    const x = Math.round((entities.x[slot]! - zone.originX) / METRES_PER_UNIT);
    const y = Math.round((entities.y[slot]! - zone.originY) / METRES_PER_UNIT);
    const yaw = Math.round(entities.yaw[slot]! / scalars.turn.perUnit) & 0xff;
    const health = entities.health[slot]!;
    const entityState = entities.state[slot]!;
    const ack = entities.ack[slot]! & 0xff;
    const flags = entities.flags[slot]!;
    let mask = 0;
    const dx = x - this.x[slot]!;
    const dy = y - this.y[slot]!;
    if (dx !== 0 || dy !== 0) {
      if (dx >= -MAX_STEP && dx <= MAX_STEP && dy >= -MAX_STEP && dy <= MAX_STEP) {
        mask |= STEP;
        this.step[slot] = packStep(dx, dy);
      } else mask |= PLACE;
      this.x[slot] = x;
      this.y[slot] = y;
    }
    if (yaw !== this.yaw[slot]) mask |= YAW;
    if (health !== this.health[slot]) mask |= HEALTH;
    if (entityState !== this.entityState[slot]) mask |= STATE;
    if (ack !== this.ack[slot]) mask |= ACK;
    if (flags !== this.flags[slot]) mask |= FLAGS;
    this.yaw[slot] = yaw;
    this.health[slot] = health;
    this.entityState[slot] = entityState;
    this.ack[slot] = ack;
    this.flags[slot] = flags;
    this.mask[slot] = mask;
    const cell = grid.cellOf[slot]!;
    const toldCell = this.toldCell[slot]!;
    if (cell === toldCell) return;
    if (toldCell !== NO_CELL) this.depart(slot, toldCell, cell);
    this.toldCell[slot] = cell;
    this.toldIncarnation[slot] = entities.incarnation[slot]!;
    this.enteredTick[slot] = tick;
  }

  private depart(slot: number, from: number, to: number): void {
    this.touched.push(from);
    this.leftNext.push(this.leftHead[from]!);
    this.leftHead[from] = this.leftSlot.length;
    this.leftSlot.push(slot);
    this.leftTo.push(to);
  }

  private chainCombat(): void {
    const { combat } = this.state.outcome;
    // Backwards, so that each chain runs in the order of the events.
    for (let row = combat.count - 1; row >= 0; row--) {
      const cell = combat.cell[row]!;
      this.touched.push(cell);
      this.combatNext[row] = this.combatHead[cell]!;
      this.combatHead[cell] = row;
    }
  }

  /** What this tick changed in a cell; undefined when nothing. The bytes stay as they are. */
  delta(cell: number): Uint8Array | undefined {
    if (this.deltas.has(cell)) return this.deltas.get(cell);
    const block = this.encodeDelta(cell);
    this.deltas.set(cell, block);
    return block;
  }

  private encodeDelta(cell: number): Uint8Array | undefined {
    const { out } = this;
    const { grid, tick } = this.state;
    out.clear();
    out.u16(cell);
    out.u8(0);
    let sections = 0;

    let at = this.beginSection();
    let count = 0;
    for (let row = this.leftHead[cell]!; row !== NONE; row = this.leftNext[row]!) {
      out.u16(this.leftSlot[row]!);
      out.u16(this.leftTo[row]!);
      count += 1;
    }
    sections |= this.endSection(at, count, LEFT);

    at = this.beginSection();
    count = 0;
    for (let slot = grid.first(cell); slot !== 0; slot = grid.after(slot)) {
      if (this.enteredTick[slot] !== tick) continue;
      this.writeEntity(out, slot, 0);
      count += 1;
    }
    sections |= this.endSection(at, count, ENTERED);

    at = this.beginSection();
    count = 0;
    for (let slot = grid.first(cell); slot !== 0; slot = grid.after(slot)) {
      const mask = this.mask[slot]!;
      if (mask === 0 || this.enteredTick[slot] === tick) continue;
      this.writeChange(out, slot, mask);
      count += 1;
    }
    sections |= this.endSection(at, count, CHANGED);

    at = this.beginSection();
    count = 0;
    for (let row = this.combatHead[cell]!; row !== NONE; row = this.combatNext[row]!) {
      this.writeCombat(out, row, 0);
      count += 1;
    }
    sections |= this.endSection(at, count, COMBAT);

    if (sections === 0) return undefined;
    out.bytes[2] = sections;
    return out.copy();
  }

  private beginSection(): number {
    const at = this.out.length;
    this.out.u16(0);
    return at;
  }

  /** Sets a section's count, or takes the section back when it is empty. */
  private endSection(at: number, count: number, bit: number): number {
    if (count === 0) {
      this.out.length = at;
      return 0;
    }
    this.out.patchU16(at, count);
    return bit;
  }

  /** A cell's whole state after this tick. The bytes stay as they are. */
  snapshot(cell: number): Uint8Array {
    const known = this.snapshots.get(cell);
    if (known) return known;
    const { out } = this;
    const { grid } = this.state;
    out.clear();
    out.u16(cell);
    out.u8(ALL);
    const at = this.beginSection();
    let count = 0;
    for (let slot = grid.first(cell); slot !== 0; slot = grid.after(slot)) {
      this.writeEntity(out, slot, 0);
      count += 1;
    }
    out.patchU16(at, count);
    const block = out.copy();
    this.snapshots.set(cell, block);
    return block;
  }
}
