/** A wall, stack or building: an axis-aligned box that nobody walks, sees or shoots through. Metres. */
export interface Box {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

/** How a step gets past obstacles: whole, along one axis alone, or not at all. */
export type Passage = 'free' | 'along_x' | 'along_y' | 'none';

const CELL_METRES = 10;
/** Less than this along a wall is no way forward. */
const LEAST_SLIDE_METRES = 1 / 32;

/**
 * The obstacles of a zone, on a grid of their own. They stay where they are; some open now and then. A point on the side of a box is free, so that
 * one can walk along a wall, and all bodies are points here. Server and client ask the same code, and both at places
 * as they stand on the wire, so that they agree to the bit.
 */
export class Obstacles {
  readonly boxes: readonly Box[];
  private readonly originX: number;
  private readonly originY: number;
  private readonly columns: number;
  private readonly rows: number;
  /** Where each cell's boxes begin in `cellBoxes`. */
  private readonly cellStart: Uint32Array;
  private readonly cellBoxes: Uint16Array;
  /** 1: as if the box were not there. */
  private readonly isOpen: Uint8Array;
  /** Rises with every box that opens or closes: what was known of ways may not hold any more. */
  changes = 0;

  constructor(
    area: { readonly originX: number; readonly originY: number; readonly width: number; readonly height: number },
    boxes: readonly Box[],
  ) {
    this.boxes = boxes;
    this.isOpen = new Uint8Array(boxes.length);
    this.originX = area.originX;
    this.originY = area.originY;
    this.columns = Math.max(1, Math.ceil(area.width / CELL_METRES));
    this.rows = Math.max(1, Math.ceil(area.height / CELL_METRES));
    const inCell: number[][] = Array.from({ length: this.columns * this.rows }, () => []);
    for (const [index, { minX, minY, maxX, maxY }] of boxes.entries())
      for (let row = this.row(minY); row <= this.row(maxY); row++)
        for (let column = this.column(minX); column <= this.column(maxX); column++)
          inCell[row * this.columns + column]!.push(index);
    this.cellStart = new Uint32Array(inCell.length + 1);
    for (const [cell, found] of inCell.entries()) this.cellStart[cell + 1] = this.cellStart[cell]! + found.length;
    this.cellBoxes = Uint16Array.from(inCell.flat());
  }

  private column(x: number): number {
    return Math.min(this.columns - 1, Math.max(0, Math.floor((x - this.originX) / CELL_METRES)));
  }

  private row(y: number): number {
    return Math.min(this.rows - 1, Math.max(0, Math.floor((y - this.originY) / CELL_METRES)));
  }

  /** Opens a box, or closes it again. Who closes it sees to it that nobody stands in it. */
  setOpen(index: number, isOpen: boolean): void {
    this.isOpen[index] = isOpen ? 1 : 0;
    this.changes += 1;
  }

  /** Which are open, for the state hash. */
  openColumn(): Uint8Array {
    return this.isOpen;
  }

  /** Whether a straight way meets an obstacle. */
  isBlocked(fromX: number, fromY: number, toX: number, toY: number): boolean {
    return this.freeShare(fromX, fromY, toX, toY) < 1;
  }

  /** The share of a straight way, from 0 to 1, before the first obstacle; 1: nothing is in it. */
  freeShare(fromX: number, fromY: number, toX: number, toY: number): number {
    if (this.boxes.length === 0) return 1;
    const firstRow = this.row(Math.min(fromY, toY));
    const lastRow = this.row(Math.max(fromY, toY));
    const firstColumn = this.column(Math.min(fromX, toX));
    const lastColumn = this.column(Math.max(fromX, toX));
    let share = 1;
    for (let row = firstRow; row <= lastRow; row++) {
      const from = this.cellStart[row * this.columns + firstColumn]!;
      const until = this.cellStart[row * this.columns + lastColumn + 1]!;
      for (let i = from; i < until; i++) {
        const index = this.cellBoxes[i]!;
        if (this.isOpen[index] === 1) continue;
        share = Math.min(share, shareBefore(this.boxes[index]!, fromX, fromY, toX - fromX, toY - fromY));
      }
    }
    return share;
  }

  /** Whether a point lies inside an obstacle. */
  holds(x: number, y: number): boolean {
    const cell = this.row(y) * this.columns + this.column(x);
    for (let i = this.cellStart[cell]!; i < this.cellStart[cell + 1]!; i++) {
      const index = this.cellBoxes[i]!;
      const { minX, minY, maxX, maxY } = this.boxes[index]!;
      if (this.isOpen[index] === 0 && x > minX && x < maxX && y > minY && y < maxY) return true;
    }
    return false;
  }

  /** How one gets from here to there, or at least some of the way. */
  passage(fromX: number, fromY: number, toX: number, toY: number): Passage {
    if (!this.isBlocked(fromX, fromY, toX, toY)) return 'free';
    if (Math.abs(toX - fromX) >= LEAST_SLIDE_METRES && !this.isBlocked(fromX, fromY, toX, fromY)) return 'along_x';
    if (Math.abs(toY - fromY) >= LEAST_SLIDE_METRES && !this.isBlocked(fromX, fromY, fromX, toY)) return 'along_y';
    return 'none';
  }
}

/** The share of a way before it enters the inside of a box; 1: it does not. */
export function shareBefore({ minX, minY, maxX, maxY }: Box, x: number, y: number, dx: number, dy: number): number {
  let enter = 0;
  let leave = 1;
  if (dx === 0) {
    if (x <= minX || x >= maxX) return 1;
  } else {
    const west = (minX - x) / dx;
    const east = (maxX - x) / dx;
    enter = Math.max(enter, Math.min(west, east));
    leave = Math.min(leave, Math.max(west, east));
  }
  if (dy === 0) {
    if (y <= minY || y >= maxY) return 1;
  } else {
    const south = (minY - y) / dy;
    const north = (maxY - y) / dy;
    enter = Math.max(enter, Math.min(south, north));
    leave = Math.min(leave, Math.max(south, north));
  }
  return enter < leave ? enter : 1;
}
