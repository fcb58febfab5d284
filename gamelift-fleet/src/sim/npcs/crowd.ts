import { entityStates } from '#shared/contract/zone-protocol.ts';
import type { Area } from '../definition.ts';
import type { SimState } from '../state.ts';

/** How far from a point the nearest player is; infinite when there is none. */
export function nearestPlayerMetres(
  { entities, players }: SimState,
  at: { readonly x: number; readonly y: number },
): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const slot of players.keys())
    nearest = Math.min(nearest, Math.hypot(entities.x[slot]! - at.x, entities.y[slot]! - at.y));
  return nearest;
}

/** Living players in an area and so many metres around it. */
export function playersAround({ entities, players }: SimState, area: Area, margin: number): number {
  let count = 0;
  for (const slot of players.keys()) {
    if (entities.state[slot] === entityStates.dead) continue;
    if (Math.hypot(entities.x[slot]! - area.x, entities.y[slot]! - area.y) <= area.radius + margin) count += 1;
  }
  return count;
}
