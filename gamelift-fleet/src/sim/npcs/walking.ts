import { face, place, type SimState } from '../state.ts';

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
