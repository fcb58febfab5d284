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
import { CellChains, NO_ROW } from './cell-chains.ts';
import { aurasOf, bitsIn, castsOf, writeDeeds } from './cell-deeds.ts';
import { CellRosters } from './cell-rosters.ts';
import { WireState } from './wire-state.ts';

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
  /** This tick's departures, at most one of a slot. */
  private readonly departures: DepartureColumns & { readonly at: Uint16Array; readonly to: Uint16Array };
  private departureCount = 0;
  private readonly departuresOf: CellChains;
  private readonly combat: CombatColumns;
  private readonly blowsOf: CellChains;
  private readonly wire: WireState;
  private readonly rosters: CellRosters;
  private readonly toldIncarnation: Uint32Array;
  /** Slots that a stream has told of and that may have gone since. */
  private readonly told: Uint16Array;
  private toldCount = 0;
  private readonly arrivals: Uint16Array;
  private arrivalCount = 0;
  private readonly enteredTick: Uint32Array;
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
    this.told = new Uint16Array(size);
    this.arrivals = new Uint16Array(size);
    this.departures = { at: new Uint16Array(size), to: new Uint16Array(size) };
    this.departuresOf = new CellChains(grid.cells, size);
    this.foughtTicks = new Float64Array(grid.cells).fill(Number.NEGATIVE_INFINITY);
    const { combat } = state.outcome;
    this.combat = combat;
    this.blowsOf = new CellChains(grid.cells, combat.cell.length);
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
    this.departuresOf.clear();
    this.blowsOf.clear();
    this.departureCount = 0;
    this.arrivalCount = 0;
    const { told, arrivals } = this;
    const { entities, tick } = this.state;
    for (let index = 0; index < this.toldCount; index++) {
      const slot = told[index]!;
      const gone = !entities.has(slot) || entities.incarnation[slot] !== this.toldIncarnation[slot];
      if (gone) this.depart(slot, NO_CELL);
    }
    const slots = entities.slots();
    for (const slot of slots) this.follow(slot);
    // Behind all departures: that is the order in which clients apply them.
    for (let index = 0; index < this.arrivalCount; index++) this.arrive(arrivals[index]!, tick);
    told.set(slots);
    this.toldCount = slots.length;
    this.chainCombat();
  }

  private follow(slot: number): void {
    this.wire.follow(this.state, slot);
    const cell = this.state.grid.cellOf[slot]!;
    const toldCell = this.rosters.cellOf[slot]!;
    if (cell === toldCell) return;
    if (toldCell !== NO_CELL) this.depart(slot, cell);
    this.arrivals[this.arrivalCount++] = slot;
  }

  private depart(slot: number, to: number): void {
    const from = this.rosters.cellOf[slot]!;
    const row = this.departureCount++;
    this.departures.at[row] = this.rosters.remove(slot);
    this.departures.to[row] = to;
    this.departuresOf.append(from, row);
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
    for (let row = 0; row < combat.count; row++) {
      const cell = combat.cell[row]!;
      this.blowsOf.append(cell, row);
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
    const { out, columns, wire, departuresOf, blowsOf } = this;
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
    const departures = departuresOf.lengthOf(cell);
    const blows = blowsOf.lengthOf(cell);
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
      for (let row = blowsOf.head[cell]!; row !== NO_ROW; row = blowsOf.next[row]!)
        writeCombatRow(out, this.combat, row);
    }
    if (departures > 0) {
      out.varint(departures);
      for (let row = departuresOf.head[cell]!; row !== NO_ROW; row = departuresOf.next[row]!)
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
