import { Grid } from '#fleet/src/sim/grid.ts';
import { CELL_METRES } from './scenario.ts';

/**
 * Lets those at one border see those at the opposite one, so that everybody's view holds the same number of cells. It
 * reaches for a private table of the grid: no zone of the game needs it.
 */
export function wrapViews(grid: Grid): void {
  const { around } = grid as unknown as { readonly around: Uint16Array[] };
  const { columns, rows } = grid;
  for (let cell = 0; cell < grid.cells; cell++) {
    const column = cell % columns;
    const row = Math.floor(cell / columns);
    const seen = new Set<number>();
    for (let r = row - 1; r <= row + 1; r++)
      for (let c = column - 1; c <= column + 1; c++)
        seen.add(((r + rows) % rows) * columns + ((c + columns) % columns));
    around[cell] = Uint16Array.from([...seen].sort((a, b) => a - b));
  }
}

/** The fleet's grid around such a world, for servers that have none of their own. */
export function torusGrid(cellsPerSide: number, capacity: number): Grid {
  const side = cellsPerSide * CELL_METRES;
  const grid = new Grid({ originX: 0, originY: 0, width: side, height: side }, capacity);
  wrapViews(grid);
  return grid;
}
