import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, Obstacles } from './obstacles.ts';

const area = { originX: -50, originY: -50, width: 200, height: 200 };
const wall: Box = { minX: 10, minY: 0, maxX: 12, maxY: 40 };
const one = new Obstacles(area, [wall]);

/** Looks at a way in small steps, without a grid or a formula. */
function meets(boxes: readonly Box[], fromX: number, fromY: number, toX: number, toY: number): boolean {
  for (let i = 0; i <= 4_000; i++) {
    const x = fromX + ((toX - fromX) * i) / 4_000;
    const y = fromY + ((toY - fromY) * i) / 4_000;
    if (boxes.some(({ minX, minY, maxX, maxY }) => x > minX && x < maxX && y > minY && y < maxY)) return true;
  }
  return false;
}

describe('obstacles', () => {
  it.each<[string, number, number, number, number, boolean]>([
    ['straight through', 5, 20, 15, 20, true],
    ['into it', 5, 20, 11, 20, true],
    ['up to its side', 5, 20, 10, 20, false],
    ['along its side', 10, 5, 10, 35, false],
    ['away from its side', 10, 20, 5, 20, false],
    ['from its side into it', 10, 20, 10.5, 20, true],
    ['past its corner', 8, -1, 14, -0.5, false],
    ['over its very corner', 9, 1, 11, -1, false],
    ['inside it', 10.5, 10, 11.5, 12, true],
    ['nowhere, beside it', 9, 9, 9, 9, false],
  ])('are in the way %s: %d/%d to %d/%d', (_what, fromX, fromY, toX, toY, isBlocked) => {
    expect(one.isBlocked(fromX, fromY, toX, toY)).toBe(isBlocked);
    expect(one.isBlocked(toX, toY, fromX, fromY)).toBe(isBlocked);
  });

  it('say how far one gets', () => {
    expect(one.freeShare(5, 20, 15, 20)).toBe(0.5);
    expect(one.freeShare(0, 20, 8, 20)).toBe(1);
    expect(new Obstacles(area, []).freeShare(-50, -50, 150, 150)).toBe(1);
  });

  it('let one slide along them, as long as that leads on', () => {
    expect(one.passage(9.9, 20, 10.2, 20.2)).toBe('along_y');
    expect(one.passage(11, -0.1, 11.2, 0.2)).toBe('along_x');
    expect(one.passage(9.9, 20, 10.2, 20)).toBe('none');
    expect(one.passage(9, 20, 9.3, 20)).toBe('free');
  });

  it('hold what is inside, not what stands at their side', () => {
    expect([one.holds(11, 20), one.holds(10, 20), one.holds(60, 20)]).toEqual([true, false, false]);
  });

  it('are found on their grid wherever they stand', () => {
    const coordinate = fc.integer({ min: -200, max: 600 }).map((quarter) => quarter / 4);
    const size = fc.integer({ min: 4, max: 120 }).map((quarter) => quarter / 4);
    const box = fc
      .tuple(coordinate, coordinate, size, size)
      .map(([minX, minY, width, depth]) => ({ minX, minY, maxX: minX + width, maxY: minY + depth }));
    fc.assert(
      fc.property(
        fc.array(box, { minLength: 1, maxLength: 12 }),
        fc.tuple(coordinate, coordinate, coordinate, coordinate),
        (boxes, way) => {
          const obstacles = new Obstacles(area, boxes);
          if (meets(boxes, ...way)) expect(obstacles.isBlocked(...way)).toBe(true);
          else {
            // Small steps can miss a corner that the way cuts by less than one of them.
            const shrunk = boxes.map(({ minX, minY, maxX, maxY }) => ({
              minX: minX + 0.2,
              minY: minY + 0.2,
              maxX: maxX - 0.2,
              maxY: maxY - 0.2,
            }));
            expect(new Obstacles(area, shrunk).isBlocked(...way)).toBe(false);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
