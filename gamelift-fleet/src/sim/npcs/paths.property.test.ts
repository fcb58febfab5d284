import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureZone, HUNTER } from '#fleet/testing/fixture-zone.ts';
import type { Box } from '../obstacles.ts';
import { newState, type SimState } from '../state.ts';
import { findPaths } from './paths.ts';
import { bringForth } from './spawning.ts';
import { walkTo } from './walking.ts';

const SIDE_METRES = 24;
/** Cells of the fine grid; sides of boxes lie on its lines, as content's do. */
const CELL_METRES = 0.25;
const CELLS = SIDE_METRES / CELL_METRES;
const SPEED = 0.3;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Cells to which one gets from a cell without crossing a box, over their sides. */
function flood(boxes: readonly Box[], from: number): Uint8Array {
  const isFree = new Uint8Array(CELLS * CELLS).fill(1);
  const line = (metres: number) => Math.min(CELLS, Math.max(0, metres / CELL_METRES));
  for (const { minX, minY, maxX, maxY } of boxes)
    for (let row = line(minY); row < line(maxY); row++)
      for (let column = line(minX); column < line(maxX); column++) isFree[row * CELLS + column] = 0;
  const reached = new Uint8Array(CELLS * CELLS);
  const next = isFree[from] === 1 ? [from] : [];
  for (let cell = next.pop(); cell !== undefined; cell = next.pop()) {
    if (reached[cell] === 1 || isFree[cell] === 0) continue;
    reached[cell] = 1;
    const column = cell % CELLS;
    if (column > 0) next.push(cell - 1);
    if (column < CELLS - 1) next.push(cell + 1);
    if (cell >= CELLS) next.push(cell - CELLS);
    if (cell < CELLS * (CELLS - 1)) next.push(cell + CELLS);
  }
  return reached;
}

/** Whether one of the cells that a point lies in, or on the side of, is reached. */
function touches(reached: Uint8Array, { x, y }: Point): boolean {
  const around = (metres: number) => {
    const cell = Math.floor(metres / CELL_METRES);
    return (metres % CELL_METRES === 0 ? [cell - 1, cell] : [cell]).filter((one) => one >= 0 && one < CELLS);
  };
  return around(y).some((row) => around(x).some((column) => reached[row * CELLS + column] === 1));
}

function world(boxes: readonly Box[]): SimState {
  const area = { originX: 0, originY: 0, width: SIDE_METRES, height: SIDE_METRES };
  return newState({ ...fixtureZone([], boxes), ...area }, 1, 8);
}

const quarters = (from: number, until: number) => fc.integer({ min: from * 4, max: until * 4 }).map((n) => n / 4);
const box = fc
  .tuple(
    quarters(0, SIDE_METRES - 0.25),
    quarters(0, SIDE_METRES - 0.25),
    quarters(0.25, 14),
    quarters(0.25, 3),
    fc.boolean(),
  )
  .map(([minX, minY, long, short, isUpright]): Box => {
    const [width, depth] = isUpright ? [short, long] : [long, short];
    return { minX, minY, maxX: Math.min(SIDE_METRES, minX + width), maxY: Math.min(SIDE_METRES, minY + depth) };
  });
const cell = fc.tuple(fc.nat(CELLS - 1), fc.nat(CELLS - 1));
const sixteenth = fc.integer({ min: 0, max: SIDE_METRES * 16 }).map((n) => n / 16);

describe('an NPC among any boxes', () => {
  it('arrives wherever a way leads on a fine grid, and never stands in a box nor crosses one', () => {
    let around = 0;
    fc.assert(
      fc.property(
        fc.array(box, { minLength: 4, maxLength: 22 }),
        cell,
        fc.tuple(sixteenth, sixteenth),
        (boxes, [column, row], [x, y]) => {
          const state = world(boxes);
          const { entities, obstacles, paths } = state;
          const from = { x: (column + 0.5) * CELL_METRES, y: (row + 0.5) * CELL_METRES };
          const goal = { x, y };
          fc.pre(!obstacles.holds(from.x, from.y) && !obstacles.holds(x, y));
          const isReachable = touches(flood(boxes, row * CELLS + column), goal);
          const npc = bringForth(state, HUNTER, from);
          let hasArrived = false;
          // Longer than any way among so few boxes.
          for (let ticks = 0; ticks < 2_000 && !hasArrived && !paths.hasNone(npc); ticks++) {
            const [beforeX, beforeY] = [entities.x[npc]!, entities.y[npc]!];
            state.tick += 1;
            hasArrived = walkTo(state, npc, x, y, SPEED) === 'arrived';
            findPaths(state);
            const [nowX, nowY] = [entities.x[npc]!, entities.y[npc]!];
            expect(obstacles.holds(nowX, nowY)).toBe(false);
            expect(obstacles.isBlocked(beforeX, beforeY, nowX, nowY)).toBe(false);
            expect(Math.hypot(nowX - beforeX, nowY - beforeY)).toBeLessThanOrEqual(SPEED + 1e-9);
          }
          if (isReachable) expect(hasArrived).toBe(true);
          if (hasArrived && obstacles.isBlocked(from.x, from.y, x, y)) around += 1;
        },
      ),
      { numRuns: 150 },
    );
    expect(around).toBeGreaterThan(20);
  });
});
