import { removeAt } from '#fleet/protocol/roster.ts';
import { NO_CELL } from '#shared/contract/zone-protocol.ts';

/**
 * Who stands in each cell, in an order that everybody who follows the cell's stream knows too: newcomers come last, and
 * who goes is replaced by the last. A place in it names an entity in one byte where its id needs two.
 */
export class CellRosters {
  /** Cell in whose roster each slot stands; NO_CELL: in none. */
  readonly cellOf: Uint16Array;
  /** Its place there. */
  readonly place: Uint16Array;
  private readonly rosters: readonly number[][];

  constructor(cells: number, slots: number) {
    this.cellOf = new Uint16Array(slots).fill(NO_CELL);
    this.place = new Uint16Array(slots);
    this.rosters = Array.from({ length: cells }, () => []);
  }

  of(cell: number): readonly number[] {
    return this.rosters[cell]!;
  }

  add(slot: number, cell: number): void {
    const roster = this.rosters[cell]!;
    this.cellOf[slot] = cell;
    this.place[slot] = roster.length;
    roster.push(slot);
  }

  /** Answers the place that it had. */
  remove(slot: number): number {
    const roster = this.rosters[this.cellOf[slot]!]!;
    const place = this.place[slot]!;
    removeAt(roster, place);
    const mover = roster[place];
    if (mover !== undefined) this.place[mover] = place;
    this.cellOf[slot] = NO_CELL;
    return place;
  }
}
