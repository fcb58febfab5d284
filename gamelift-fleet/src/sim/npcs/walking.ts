import { balance } from '../balance.ts';
import { face, place, type SimState } from '../state.ts';
import { MAX_CORNERS, ways } from './paths.ts';

/** `stopped`: it did not get on, or gets nearer to a point to which it knows no way. */
export type Way = 'arrived' | 'under_way' | 'stopped';

/** One tick's way of an NPC towards a point, along obstacles where they are in it: the one place where NPCs move. */
export function walk(state: SimState, slot: number, toX: number, toY: number, speed: number): Way {
  const { x, y } = state.entities;
  const dx = toX - x[slot]!;
  const dy = toY - y[slot]!;
  const metres = Math.hypot(dx, dy);
  face(state, slot, toX, toY);
  if (metres === 0) return 'arrived';
  if (speed === 0) return 'stopped';
  const share = metres <= speed ? 1 : speed / metres;
  const nextX = share === 1 ? toX : x[slot]! + dx * share;
  const nextY = share === 1 ? toY : y[slot]! + dy * share;
  const passage = state.obstacles.passage(x[slot]!, y[slot]!, nextX, nextY);
  if (passage === 'none') return 'stopped';
  place(state, slot, passage === 'along_y' ? x[slot]! : nextX, passage === 'along_x' ? y[slot]! : nextY);
  return passage === 'free' && share === 1 ? 'arrived' : 'under_way';
}

/**
 * One tick's way of an NPC to a point, around what stands between. Straight as long as nothing does, which is looked at
 * now and then; else along the corners of a path that it has asked for, and meanwhile as near as it comes.
 */
export function walkTo(state: SimState, slot: number, toX: number, toY: number, speed: number): Way {
  const { paths, tick } = state;
  if (paths.isEmpty || speed === 0) return walk(state, slot, toX, toY, speed);
  const isElsewhere = paths.way[slot] === ways.along && leadsElsewhere(state, slot, toX, toY);
  if (isElsewhere || (tick + slot) % balance.paths.lookEveryTicks === 0) lookAhead(state, slot, toX, toY);
  if (paths.way[slot] === ways.along) return walkAlong(state, slot, toX, toY, speed);
  const way = walk(state, slot, toX, toY, speed);
  return way === 'under_way' && paths.hasNone(slot) ? 'stopped' : way;
}

/** One tick's way to the next corner of a path. */
function walkAlong(state: SimState, slot: number, toX: number, toY: number, speed: number): Way {
  const { paths } = state;
  if (paths.left[slot] === 0) {
    // From its last corner it goes straight, or needs the rest of a long path.
    paths.forget(slot);
    lookAhead(state, slot, toX, toY);
    return walk(state, slot, toX, toY, speed);
  }
  const corner = paths.corners[slot * MAX_CORNERS + paths.at[slot]!]!;
  const way = walk(state, slot, paths.graph.x[corner]!, paths.graph.y[corner]!, speed);
  if (way === 'stopped') {
    // It was pushed off its path.
    paths.forget(slot);
    lookAhead(state, slot, toX, toY);
  }
  if (way !== 'arrived') return way;
  paths.at[slot]! += 1;
  paths.left[slot]! -= 1;
  return 'under_way';
}

/** Goes straight where nothing is in the way; else asks for a path where there is none, or one that does not hold any more. */
function lookAhead(state: SimState, slot: number, toX: number, toY: number): void {
  const { entities, obstacles, paths } = state;
  if (!obstacles.isBlocked(entities.x[slot]!, entities.y[slot]!, toX, toY)) {
    paths.forget(slot);
    return;
  }
  if (paths.asks[slot] === 0 && needsPath(state, slot, toX, toY)) paths.ask(slot, toX, toY, obstacles.changes);
}

function needsPath(state: SimState, slot: number, toX: number, toY: number): boolean {
  const { entities, obstacles, paths, tick } = state;
  const way = paths.way[slot]!;
  if (way === ways.straight || paths.changes[slot] !== obstacles.changes) return true;
  if (way === ways.none)
    return tick - paths.answeredTick[slot]! >= balance.paths.askAgainTicks && leadsElsewhere(state, slot, toX, toY);
  if (leadsElsewhere(state, slot, toX, toY)) return true;
  if (paths.left[slot] === 0) return false;
  const corner = paths.corners[slot * MAX_CORNERS + paths.at[slot]!]!;
  const { x, y } = paths.graph;
  return obstacles.isBlocked(entities.x[slot]!, entities.y[slot]!, x[corner]!, y[corner]!);
}

/** Whether the way that an NPC knows, or has asked for, leads too far from where it wants to go now. */
function leadsElsewhere({ paths }: SimState, slot: number, toX: number, toY: number): boolean {
  const { replanMetres } = balance.paths;
  return Math.abs(toX - paths.toX[slot]!) > replanMetres || Math.abs(toY - paths.toY[slot]!) > replanMetres;
}

/** One tick's way from a point, inside the zone and no farther from home than `leash`. */
export function walkAway(
  state: SimState,
  slot: number,
  from: { readonly x: number; readonly y: number },
  speed: number,
  leash: number,
): Way {
  const { entities, minds, zone } = state;
  const x = entities.x[slot]!;
  const y = entities.y[slot]!;
  const metres = Math.hypot(x - from.x, y - from.y);
  const east = metres === 0 ? 1 : (x - from.x) / metres;
  const north = metres === 0 ? 0 : (y - from.y) / metres;
  const toX = Math.min(zone.originX + zone.width, Math.max(zone.originX, x + east * speed));
  const toY = Math.min(zone.originY + zone.height, Math.max(zone.originY, y + north * speed));
  if (Math.hypot(toX - minds.homeX[slot]!, toY - minds.homeY[slot]!) > leash) return 'stopped';
  return walk(state, slot, toX, toY, speed);
}
