import { ByteWriter } from '#fleet/protocol/bytes.ts';
import {
  type AckColumns,
  type ChangeColumns,
  type CombatColumns,
  cellBits,
  type DepartureColumns,
  type EntityColumns,
  type StepColumns,
  writeAckRow,
  writeChangeRow,
  writeCombatRow,
  writeDepartureRow,
  writeEntityRow,
  writeStepRow,
} from '#fleet/protocol/generated-codec.ts';
import { MAX_ENTITIES, NO_CELL, STILL } from '#shared/contract/zone-protocol.ts';
import type { SimState } from '../sim/state.ts';
import { aurasOf, bitsIn, castsOf, writeDeeds } from './cell-deeds.ts';
import { CellRosters } from './cell-rosters.ts';
import { WireState } from './wire-state.ts';

const NONE = -1;

/** Bytes of a stream's block in {@link CellStreams.bytes}, as long as the tick lasts. */
export interface Block {
  readonly from: number;
  readonly to: number;
}

/** Of one cell, with the turn for which it holds. */
interface OwnBlock {
  turn: number;
  from: number;
  to: number;
}

/**
 * The stream of each cell: what a tick changed in it, encoded once for all who see it. It can be joined at any tick with
 * the cell's whole state.
 */
export class CellStreams {
  private readonly state: SimState;
  private readonly out = new ByteWriter(256 * 1_024);
  private readonly columns: EntityColumns & ChangeColumns & StepColumns & AckColumns;
  private readonly departures: DepartureColumns & { readonly at: number[]; readonly to: number[] } = { at: [], to: [] };
  private readonly combat: CombatColumns;
  private readonly wire: WireState;
  private readonly rosters: CellRosters;
  private readonly toldIncarnation: Uint32Array;
  /** Slots that a stream has told of and that may have gone since. */
  private told: number[] = [];
  private nextTold: number[] = [];
  private readonly arrivals: number[] = [];
  private readonly enteredTick: Uint32Array;
  /** This tick's departures, chained by cell in their order. */
  private readonly leftHead: Int32Array;
  private readonly leftTail: Int32Array;
  private readonly leftNext: number[] = [];
  /** This tick's combat events, chained by cell. */
  private readonly combatHead: Int32Array;
  private readonly combatNext: Int32Array;
  private readonly touched: number[] = [];
  /** When a blow last fell in each cell. */
  private readonly foughtTicks: Float64Array;
  /** By cell, made once and used anew in each turn: a collection that is emptied twenty times a second ages its garbage. */
  private readonly deltas: readonly OwnBlock[];
  private readonly snapshots: readonly OwnBlock[];
  private turn = 0;

  /** @throws RangeError when the state has room for more entities than a frame can tell of. */
  constructor(state: SimState) {
    this.state = state;
    const { entities, grid } = state;
    if (entities.capacity > MAX_ENTITIES) throw new RangeError(`more than ${MAX_ENTITIES} entities`);
    const size = entities.capacity + 1;
    this.deltas = noBlocks(grid.cells);
    this.snapshots = noBlocks(grid.cells);
    this.wire = new WireState(size);
    this.rosters = new CellRosters(grid.cells, size);
    this.toldIncarnation = new Uint32Array(size);
    this.enteredTick = new Uint32Array(size);
    this.leftHead = new Int32Array(grid.cells).fill(NONE);
    this.leftTail = new Int32Array(grid.cells).fill(NONE);
    this.combatHead = new Int32Array(grid.cells).fill(NONE);
    this.foughtTicks = new Float64Array(grid.cells).fill(Number.NEGATIVE_INFINITY);
    const { combat } = state.outcome;
    this.combat = combat;
    this.combatNext = new Int32Array(combat.cell.length);
    const { wire } = this;
    this.columns = {
      id: wire.id,
      sort: entities.sort,
      kind: entities.kind,
      level: entities.level,
      maxHealth: entities.maxHealth,
      name: entities.name,
      x: wire.x,
      y: wire.y,
      yaw: wire.yaw,
      health: wire.health,
      state: wire.state,
      ack: wire.ack,
      flags: wire.flags,
      step: wire.step,
      at: this.rosters.place,
      placeX: wire.x,
      placeY: wire.y,
    };
  }

  /** Where this tick's blocks stand. Valid until the next block is asked for. */
  get bytes(): Uint8Array {
    return this.out.bytes;
  }

  /** Takes in the tick that the simulation has just done. Blocks asked for before are no longer valid. */
  advance(): void {
    this.turn += 1;
    this.out.clear();
    for (const cell of this.touched) {
      this.leftHead[cell] = NONE;
      this.leftTail[cell] = NONE;
      this.combatHead[cell] = NONE;
    }
    this.touched.length = 0;
    this.leftNext.length = 0;
    this.departures.at.length = 0;
    this.departures.to.length = 0;
    const { entities, tick } = this.state;
    for (const slot of this.told) {
      const gone = !entities.has(slot) || entities.incarnation[slot] !== this.toldIncarnation[slot];
      if (gone) this.depart(slot, NO_CELL);
    }
    this.nextTold.length = 0;
    this.arrivals.length = 0;
    for (const slot of entities.slots()) {
      this.follow(slot);
      this.nextTold.push(slot);
    }
    // Behind all departures: that is the order in which clients apply them.
    for (const slot of this.arrivals) this.arrive(slot, tick);
    [this.told, this.nextTold] = [this.nextTold, this.told];
    this.chainCombat();
  }

  private follow(slot: number): void {
    this.wire.follow(this.state, slot);
    const cell = this.state.grid.cellOf[slot]!;
    const toldCell = this.rosters.cellOf[slot]!;
    if (cell === toldCell) return;
    if (toldCell !== NO_CELL) this.depart(slot, cell);
    this.arrivals.push(slot);
  }

  private depart(slot: number, to: number): void {
    const from = this.rosters.cellOf[slot]!;
    const row = this.departures.at.length;
    this.departures.at.push(this.rosters.remove(slot));
    this.departures.to.push(to);
    this.leftNext.push(NONE);
    const tail = this.leftTail[from]!;
    if (tail === NONE) this.leftHead[from] = row;
    else this.leftNext[tail] = row;
    this.leftTail[from] = row;
    this.touched.push(from);
  }

  private arrive(slot: number, tick: number): void {
    const { entities, grid } = this.state;
    this.rosters.add(slot, grid.cellOf[slot]!);
    this.toldIncarnation[slot] = entities.incarnation[slot]!;
    this.enteredTick[slot] = tick;
    this.wire.isToldWhole(slot);
  }

  private chainCombat(): void {
    const { outcome, tick } = this.state;
    const { combat } = outcome;
    // Backwards, so that each chain runs in the order of the events.
    for (let row = combat.count - 1; row >= 0; row--) {
      const cell = combat.cell[row]!;
      this.touched.push(cell);
      this.combatNext[row] = this.combatHead[cell]!;
      this.combatHead[cell] = row;
      this.foughtTicks[cell] = tick;
    }
  }

  /** Tick in which a blow last fell in a cell. */
  foughtTick(cell: number): number {
    return this.foughtTicks[cell]!;
  }

  /** How many stand in a cell. */
  sizeOf(cell: number): number {
    return this.rosters.of(cell).length;
  }

  /** What this tick changed in a cell; empty when nothing. */
  delta(cell: number): Block {
    const block = this.deltas[cell]!;
    if (block.turn === this.turn) return block;
    block.turn = this.turn;
    block.from = this.out.length;
    this.encodeDelta(cell);
    block.to = this.out.length;
    return block;
  }

  private encodeDelta(cell: number): void {
    const { out, columns, wire } = this;
    const { tick } = this.state;
    const roster = this.rosters.of(cell);
    let steps = 0;
    let acks = 0;
    let changes = 0;
    let arrivals = 0;
    let casts = 0;
    let auras = 0;
    const { state } = this;
    for (const slot of roster) {
      if (wire.step[slot] !== STILL) steps += 1;
      if (wire.isAcked[slot] !== 0) acks += 1;
      if (wire.mask[slot] !== 0) changes += 1;
      const isNew = this.enteredTick[slot] === tick;
      if (isNew) arrivals += 1;
      casts += castsOf(state, slot, isNew);
      auras += bitsIn(aurasOf(state, slot, isNew));
    }
    const departures = lengthOf(this.leftHead[cell]!, this.leftNext);
    const blows = lengthOf(this.combatHead[cell]!, this.combatNext);
    const allStep = steps * 2 >= roster.length;
    const allAck = acks * 2 >= roster.length;
    const sections =
      (steps === 0 ? 0 : allStep ? cellBits.steps : cellBits.stepped) |
      (acks === 0 ? 0 : allAck ? cellBits.acks : cellBits.acked) |
      (changes === 0 ? 0 : cellBits.changed) |
      (blows === 0 ? 0 : cellBits.combat) |
      (departures === 0 ? 0 : cellBits.left) |
      (arrivals === 0 ? 0 : cellBits.entered) |
      (casts === 0 ? 0 : cellBits.casts) |
      (auras === 0 ? 0 : cellBits.auras);
    if (sections === 0) return;

    out.varint(cell);
    out.varint(sections);
    if (sections & cellBits.steps) this.writeColumn(roster, wire.step);
    if (changes > 0) {
      out.varint(changes);
      for (const slot of roster) {
        const mask = wire.mask[slot]!;
        if (mask !== 0) writeChangeRow(out, columns, slot, mask);
      }
    }
    if (sections & cellBits.stepped) {
      out.varint(steps);
      for (const slot of roster) if (wire.step[slot] !== STILL) writeStepRow(out, columns, slot);
    }
    if (sections & cellBits.acked) {
      out.varint(acks);
      for (const slot of roster) if (wire.isAcked[slot] !== 0) writeAckRow(out, columns, slot);
    }
    if (sections & cellBits.acks) this.writeColumn(roster, wire.ack);
    if (blows > 0) {
      out.varint(blows);
      for (let row = this.combatHead[cell]!; row !== NONE; row = this.combatNext[row]!)
        writeCombatRow(out, this.combat, row);
    }
    if (departures > 0) {
      out.varint(departures);
      for (let row = this.leftHead[cell]!; row !== NONE; row = this.leftNext[row]!)
        writeDepartureRow(out, this.departures, row);
    }
    if (arrivals > 0) {
      out.varint(arrivals);
      // Who has just come stands at the end, in the order of coming.
      for (const slot of roster) if (this.enteredTick[slot] === tick) writeEntityRow(out, columns, slot);
    }
    if (casts + auras > 0) writeDeeds(out, state, roster, { casts, auras }, (slot) => this.enteredTick[slot] === tick);
  }

  /** A byte for everybody in the roster. */
  private writeColumn(roster: readonly number[], column: Uint8Array): void {
    const { out } = this;
    out.varint(roster.length);
    out.reserve(roster.length);
    const { bytes } = out;
    let at = out.length;
    for (const slot of roster) bytes[at++] = column[slot]!;
    out.length = at;
  }

  /** A cell's whole state after this tick. */
  snapshot(cell: number): Block {
    const block = this.snapshots[cell]!;
    if (block.turn === this.turn) return block;
    const { out } = this;
    block.turn = this.turn;
    block.from = out.length;
    const roster = this.rosters.of(cell);
    out.varint(cell);
    const { state } = this;
    const casts = roster.reduce((sum, slot) => sum + castsOf(state, slot, true), 0);
    const auras = roster.reduce((sum, slot) => sum + bitsIn(aurasOf(state, slot, true)), 0);
    out.varint(cellBits.all | (casts === 0 ? 0 : cellBits.casts) | (auras === 0 ? 0 : cellBits.auras));
    out.varint(roster.length);
    for (const slot of roster) writeEntityRow(out, this.columns, slot);
    if (casts + auras > 0) writeDeeds(out, state, roster, { casts, auras }, () => true);
    block.to = out.length;
    return block;
  }
}

function noBlocks(cells: number): OwnBlock[] {
  return Array.from({ length: cells }, () => ({ turn: -1, from: 0, to: 0 }));
}

function lengthOf(head: number, next: ArrayLike<number>): number {
  let length = 0;
  for (let row = head; row !== NONE; row = next[row]!) length += 1;
  return length;
}
