import type { ZoneDefinition } from '../definition.ts';
import { type Box, shareBefore } from '../obstacles.ts';

/**
 * How far from walls the corners lie around which NPCs walk. Sides of boxes lie on quarter metres, so that whatever a
 * body can pass at all stays passable between two of such margins, and seams of touching boxes are closed.
 */
const CLEARANCE_METRES = 1 / 8;

/**
 * The corners of a zone's obstacles, and between which of them one walks straight: where the shortest way between two
 * points bends, it bends at one of these. Made once for each definition, and shared by all its units.
 */
export class WalkGraph {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Where each corner's edges begin in the three columns below. */
  readonly edgeStart: Uint32Array;
  readonly edgeTo: Uint16Array;
  readonly edgeMetres: Float64Array;
  /** 1: a door stands in the way while it is closed. */
  readonly hasDoor: Uint8Array;

  constructor(zone: ZoneDefinition) {
    const doorIndexes = new Set(
      (zone.objects ?? []).flatMap(({ effect }) => (effect.kind === 'door' ? [effect.obstacle] : [])),
    );
    const grown = zone.obstacles.map(grow);
    const walls = grown.filter((_box, index) => !doorIndexes.has(index));
    const doors = grown.filter((_box, index) => doorIndexes.has(index));
    const corners = grown.flatMap(cornersOf).filter((corner) => isInside(zone, corner) && !walls.some(holds(corner)));
    const edges: Edge[][] = corners.map(() => []);
    for (const [index, from] of corners.entries()) {
      // What is in the way is near, most often.
      const nearest = walls
        .map((box) => ({ box, metres: metresTo(box, from) }))
        .sort((a, b) => a.metres - b.metres)
        .map(({ box }) => box);
      for (let other = index + 1; other < corners.length; other++) {
        const to = corners[other]!;
        if (!bends(from, to) || isBetween(nearest, from, to)) continue;
        const metres = Math.hypot(to.x - from.x, to.y - from.y);
        const hasDoor = isBetween(doors, from, to);
        edges[index]!.push({ to: other, metres, hasDoor });
        edges[other]!.push({ to: index, metres, hasDoor });
      }
    }
    const all = edges.flat();
    this.x = Float64Array.from(corners, ({ x }) => x);
    this.y = Float64Array.from(corners, ({ y }) => y);
    this.edgeStart = new Uint32Array(corners.length + 1);
    for (const [corner, own] of edges.entries()) this.edgeStart[corner + 1] = this.edgeStart[corner]! + own.length;
    this.edgeTo = Uint16Array.from(all, ({ to }) => to);
    this.edgeMetres = Float64Array.from(all, ({ metres }) => metres);
    this.hasDoor = Uint8Array.from(all, ({ hasDoor }) => (hasDoor ? 1 : 0));
  }

  /** How many corners there are. */
  get size(): number {
    return this.x.length;
  }
}

/** A corner, and on which side of its box it lies: 1 or -1 for east or west, north or south. */
interface Corner {
  readonly x: number;
  readonly y: number;
  readonly east: number;
  readonly north: number;
}

function grow({ minX, minY, maxX, maxY }: Box): Box {
  const by = CLEARANCE_METRES;
  return { minX: minX - by, minY: minY - by, maxX: maxX + by, maxY: maxY + by };
}

function cornersOf({ minX, minY, maxX, maxY }: Box): Corner[] {
  return [
    { x: minX, y: minY, east: -1, north: -1 },
    { x: maxX, y: minY, east: 1, north: -1 },
    { x: minX, y: maxY, east: -1, north: 1 },
    { x: maxX, y: maxY, east: 1, north: 1 },
  ];
}

interface Edge {
  readonly to: number;
  readonly metres: number;
  readonly hasDoor: boolean;
}

function isInside({ originX, originY, width, height }: ZoneDefinition, { x, y }: Corner): boolean {
  return x >= originX && x <= originX + width && y >= originY && y <= originY + height;
}

function holds({ x, y }: Corner): (box: Box) => boolean {
  return ({ minX, minY, maxX, maxY }) => x > minX && x < maxX && y > minY && y < maxY;
}

function metresTo({ minX, minY, maxX, maxY }: Box, { x, y }: Corner): number {
  return Math.hypot(Math.max(minX - x, 0, x - maxX), Math.max(minY - y, 0, y - maxY));
}

function isBetween(boxes: readonly Box[], from: Corner, to: Corner): boolean {
  for (const box of boxes) if (shareBefore(box, from.x, from.y, to.x - from.x, to.y - from.y) < 1) return true;
  return false;
}

/** Whether a shortest way can bend at both ends of this piece: it touches both boxes there and cuts into neither. */
function bends(from: Corner, to: Corner): boolean {
  const slope = (to.x - from.x) * (to.y - from.y);
  return slope * from.east * from.north <= 0 && slope * to.east * to.north <= 0;
}

const known = new WeakMap<ZoneDefinition, WalkGraph>();

/** The graph of a zone. */
export function walkGraphOf(zone: ZoneDefinition): WalkGraph {
  let graph = known.get(zone);
  if (!graph) {
    graph = new WalkGraph(zone);
    known.set(zone, graph);
  }
  return graph;
}
