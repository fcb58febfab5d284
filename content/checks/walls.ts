import type { Box, Circle, Position } from '../schema/area.ts';
import type { Zone } from '../schema/zone.ts';

/** The walls that doors of a zone open. */
export function doorWalls({ objects }: Pick<Zone, 'objects'>): readonly Box[] {
  return objects.flatMap(({ effect }) => (effect.kind === 'door' ? [effect.blocks] : []));
}

/** Whether a straight way leads through the inside of one of these boxes; along a side is beside it. */
export function leadsThrough(boxes: readonly Box[], from: Position, to: Position): boolean {
  return boxes.some(({ minX, minY, maxX, maxY }) => {
    const [west, east] = within(from.x, to.x - from.x, minX, maxX);
    const [south, north] = within(from.y, to.y - from.y, minY, maxY);
    return Math.max(0, west, south) < Math.min(1, east, north);
  });
}

/** Whether two boxes touch without reaching into each other: exactly along such a seam one would pass between them. */
export function isSeam(a: Box, b: Box): boolean {
  const east = Math.min(a.maxX, b.maxX) - Math.max(a.minX, b.minX);
  const north = Math.min(a.maxY, b.maxY) - Math.max(a.minY, b.minY);
  return Math.min(east, north) === 0;
}

/** From and until which share of a way its coordinate lies between two sides. */
function within(from: number, by: number, low: number, high: number): readonly [number, number] {
  if (by === 0) return from > low && from < high ? [0, 1] : [1, 0];
  const [first, second] = [(low - from) / by, (high - from) / by];
  return by > 0 ? [first, second] : [second, first];
}

/**
 * Where one can walk to from where players arrive, when every door is open. The zone is cut along the sides of its
 * boxes: what lies between two cuts each way is free as a whole or not at all.
 */
export class Ground {
  private readonly xs: readonly number[];
  private readonly ys: readonly number[];
  /** By column and row: 1 is reached, 0 is free and is not, -1 is an obstacle. */
  private readonly cells: Int8Array;

  constructor({ bounds, obstacles, spawn }: Zone) {
    this.xs = cuts(
      bounds.minX,
      bounds.maxX,
      obstacles.flatMap(({ minX, maxX }) => [minX, maxX]),
    );
    this.ys = cuts(
      bounds.minY,
      bounds.maxY,
      obstacles.flatMap(({ minY, maxY }) => [minY, maxY]),
    );
    const columns = this.xs.length - 1;
    const rows = this.ys.length - 1;
    this.cells = new Int8Array(Math.max(0, columns * rows));
    for (const { minX, minY, maxX, maxY } of obstacles)
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) {
          const isAcross = this.xs[column]! >= minX && this.xs[column + 1]! <= maxX;
          if (isAcross && this.ys[row]! >= minY && this.ys[row + 1]! <= maxY) this.cells[row * columns + column] = -1;
        }
    const next = this.cellsIn({ ...spawn, radiusM: 0 });
    for (let cell = next.pop(); cell !== undefined; cell = next.pop()) {
      if (this.cells[cell] !== 0) continue;
      this.cells[cell] = 1;
      const column = cell % columns;
      if (column > 0) next.push(cell - 1);
      if (column < columns - 1) next.push(cell + 1);
      if (cell >= columns) next.push(cell - columns);
      if (cell + columns < this.cells.length) next.push(cell + columns);
    }
  }

  /** Whether everybody who appears somewhere in an area, beside its obstacles, can be reached. */
  reaches(area: Circle): boolean {
    return this.cellsIn(area).every((cell) => this.cells[cell] !== 0);
  }

  private cellsIn({ x, y, radiusM }: Circle): number[] {
    const columns = this.xs.length - 1;
    return Array.from(this.cells.keys()).filter((cell) => {
      const [column, row] = [cell % columns, Math.floor(cell / columns)];
      const east = Math.max(this.xs[column]! - x, 0, x - this.xs[column + 1]!);
      const north = Math.max(this.ys[row]! - y, 0, y - this.ys[row + 1]!);
      const metres = Math.hypot(east, north);
      return radiusM === 0 ? metres === 0 : metres < radiusM;
    });
  }
}

function cuts(low: number, high: number, sides: readonly number[]): readonly number[] {
  const inside = sides.filter((side) => side > low && side < high);
  return [...new Set([low, ...inside, high])].sort((a, b) => a - b);
}
