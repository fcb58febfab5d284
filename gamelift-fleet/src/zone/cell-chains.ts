export const NO_ROW = -1;

/**
 * A tick's rows by the cell that they belong to: a chain for each cell, in the order in which they were appended. Walked
 * from `head[cell]` along `next` to {@link NO_ROW}. Emptied each tick, and nothing is made anew for that.
 */
export class CellChains {
  readonly head: Int32Array;
  readonly next: Int32Array;
  private readonly tail: Int32Array;
  /** Cells that have a chain. */
  private readonly begun: Uint32Array;
  private begunCount = 0;

  /** @param rows most of a tick */
  constructor(cells: number, rows: number) {
    this.head = new Int32Array(cells).fill(NO_ROW);
    this.tail = new Int32Array(cells);
    this.next = new Int32Array(rows);
    this.begun = new Uint32Array(cells);
  }

  append(cell: number, row: number): void {
    if (this.head[cell] === NO_ROW) {
      this.head[cell] = row;
      this.begun[this.begunCount++] = cell;
    } else this.next[this.tail[cell]!] = row;
    this.next[row] = NO_ROW;
    this.tail[cell] = row;
  }

  lengthOf(cell: number): number {
    let length = 0;
    for (let row = this.head[cell]!; row !== NO_ROW; row = this.next[row]!) length += 1;
    return length;
  }

  clear(): void {
    for (let index = 0; index < this.begunCount; index++) this.head[this.begun[index]!] = NO_ROW;
    this.begunCount = 0;
  }
}
