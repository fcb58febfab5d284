import type { Grid } from '../sim/grid.ts';

/**
 * The cells that one in this cell is shown while a view may hold so many entities: the own cell whatever it holds, then those
 * beside it, then those at its corners, as long as they fit; in rising order. `size` tells how many stand in a cell.
 */
export function nearView(grid: Grid, cell: number, maxInView: number, size: (cell: number) => number): Uint16Array {
  const all = grid.seenFrom(cell);
  let sum = size(cell);
  const shown = [cell];
  for (const near of Array.from(all).sort((a, b) => rank(grid, cell, a) - rank(grid, cell, b) || a - b)) {
    if (near === cell || sum + size(near) > maxInView) continue;
    sum += size(near);
    shown.push(near);
  }
  return shown.length === all.length ? all : Uint16Array.from(shown.sort((a, b) => a - b));
}

/** 0: the own cell; 1: one that shares a side with it; 2: one that shares a corner. */
function rank({ columns }: Grid, cell: number, other: number): number {
  const aside = cell % columns !== other % columns ? 1 : 0;
  const ahead = Math.floor(cell / columns) !== Math.floor(other / columns) ? 1 : 0;
  return aside + ahead;
}
