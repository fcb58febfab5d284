import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Grid } from '../sim/grid.ts';
import { nearView } from './near-view.ts';

const grid = new Grid({ originX: 0, originY: 0, width: 100, height: 100 }, 10);
const MIDDLE = 12;

describe('a view that may hold so many', () => {
  it('is the whole one, the very same, while all fit', () => {
    expect(nearView(grid, MIDDLE, 90, () => 10)).toBe(grid.seenFrom(MIDDLE));
  });

  it('keeps the own cell first, then those at its sides, then its corners', () => {
    expect([...nearView(grid, MIDDLE, 10, () => 10)]).toEqual([12]);
    expect([...nearView(grid, MIDDLE, 50, () => 10)]).toEqual([7, 11, 12, 13, 17]);
    expect([...nearView(grid, MIDDLE, 60, () => 10)]).toEqual([6, 7, 11, 12, 13, 17]);
  });

  it('never leaves out the own cell, never holds more than it may beside it, and stands in rising order', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 25, maxLength: 25 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 24 }), fc.integer({ min: 0, max: 1_000 }), sizes, (cell, most, size) => {
        const view = [...nearView(grid, cell, most, (one) => size[one]!)];
        expect(view).toContain(cell);
        expect(view).toEqual([...new Set(view)].sort((a, b) => a - b));
        for (const one of view) expect([...grid.seenFrom(cell)]).toContain(one);
        const sum = view.reduce((all, one) => all + size[one]!, 0);
        if (view.length > 1) expect(sum).toBeLessThanOrEqual(most);
      }),
    );
  });
});
