import { balance } from './balance.ts';

const NOBODY = 0;

/**
 * Uniform grid over the zone. An entity stays in its cell until it is a little beyond the border (hysteresis), so that
 * one who stands on a border does not flicker between two cells. What happens to an entity is told in its cell's
 * stream, and a player sees the 3×3 cells around its own.
 */
export class Grid {
  readonly columns: number;
  readonly rows: number;
  readonly cells: number;
  /** Cell of each slot; only meaningful while the slot is placed. */
  readonly cellOf: Uint16Array;
  /** Players in each cell. */
  readonly players: Uint16Array;
  private readonly originX: number;
  private readonly originY: number;
  private readonly head: Uint16Array;
  private readonly next: Uint16Array;
  private readonly previous: Uint16Array;
  private readonly around: readonly Uint16Array[];

  constructor(
    area: { readonly originX: number; readonly originY: number; readonly width: number; readonly height: number },
    capacity: number,
  ) {
    const { cellMetres } = balance.grid;
    this.originX = area.originX;
    this.originY = area.originY;
    this.columns = Math.max(1, Math.ceil(area.width / cellMetres));
    this.rows = Math.max(1, Math.ceil(area.height / cellMetres));
    this.cells = this.columns * this.rows;
    this.cellOf = new Uint16Array(capacity + 1);
    this.players = new Uint16Array(this.cells);
    this.head = new Uint16Array(this.cells);
    this.next = new Uint16Array(capacity + 1);
    this.previous = new Uint16Array(capacity + 1);
    this.around = Array.from({ length: this.cells }, (_, cell) => this.computeAround(cell));
  }

  private computeAround(cell: number): Uint16Array {
    const column = cell % this.columns;
    const row = Math.floor(cell / this.columns);
    const found: number[] = [];
    for (let r = Math.max(0, row - 1); r <= Math.min(this.rows - 1, row + 1); r++)
      for (let c = Math.max(0, column - 1); c <= Math.min(this.columns - 1, column + 1); c++)
        found.push(r * this.columns + c);
    return Uint16Array.from(found);
  }

  /** The up to nine cells that one in this cell sees, its own among them, in rising order. */
  seenFrom(cell: number): Uint16Array {
    return this.around[cell]!;
  }

  private columnAt(x: number): number {
    return Math.min(this.columns - 1, Math.max(0, Math.floor((x - this.originX) / balance.grid.cellMetres)));
  }

  private rowAt(y: number): number {
    return Math.min(this.rows - 1, Math.max(0, Math.floor((y - this.originY) / balance.grid.cellMetres)));
  }

  /** Puts a slot that is nowhere yet into the cell at its place. */
  insert(slot: number, x: number, y: number, isPlayer: boolean): void {
    this.link(slot, this.rowAt(y) * this.columns + this.columnAt(x));
    if (isPlayer) this.players[this.cellOf[slot]!]! += 1;
  }

  /** Follows a slot's new place. Answers the cell it left, or -1 when it stays in its cell. */
  move(slot: number, x: number, y: number, isPlayer: boolean): number {
    const { cellMetres, hysteresisMetres } = balance.grid;
    const before = this.cellOf[slot]!;
    const west = this.originX + (before % this.columns) * cellMetres;
    const south = this.originY + Math.floor(before / this.columns) * cellMetres;
    if (
      x >= west - hysteresisMetres &&
      x <= west + cellMetres + hysteresisMetres &&
      y >= south - hysteresisMetres &&
      y <= south + cellMetres + hysteresisMetres
    )
      return -1;
    const after = this.rowAt(y) * this.columns + this.columnAt(x);
    if (after === before) return -1;
    this.unlink(slot);
    this.link(slot, after);
    if (isPlayer) {
      this.players[before]! -= 1;
      this.players[after]! += 1;
    }
    return before;
  }

  remove(slot: number, isPlayer: boolean): void {
    this.unlink(slot);
    if (isPlayer) this.players[this.cellOf[slot]!]! -= 1;
  }

  /** Whether any player is in the 3×3 cells around this cell. */
  hasPlayersNear(cell: number): boolean {
    for (const near of this.around[cell]!) if (this.players[near]! > 0) return true;
    return false;
  }

  /** Walks a cell's slots: `for (let s = grid.first(c); s !== 0; s = grid.after(s))`. Do not move slots meanwhile. */
  first(cell: number): number {
    return this.head[cell]!;
  }

  after(slot: number): number {
    return this.next[slot]!;
  }

  private link(slot: number, cell: number): void {
    const first = this.head[cell]!;
    this.cellOf[slot] = cell;
    this.next[slot] = first;
    this.previous[slot] = NOBODY;
    if (first !== NOBODY) this.previous[first] = slot;
    this.head[cell] = slot;
  }

  private unlink(slot: number): void {
    const next = this.next[slot]!;
    const previous = this.previous[slot]!;
    if (previous === NOBODY) this.head[this.cellOf[slot]!] = next;
    else this.next[previous] = next;
    if (next !== NOBODY) this.previous[next] = previous;
  }
}
