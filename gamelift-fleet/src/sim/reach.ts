import { balance } from './balance.ts';
import { distanceBetween, type SimState } from './state.ts';

/** Whether a target is within `range` metres of an actor, with what is forgiven for the way of a message. */
export function reaches(state: SimState, actor: number, target: number, range: number): boolean {
  return distanceBetween(state, actor, target) <= range + balance.combat.rangeToleranceMetres;
}

/** Whether a point is within `range` metres of an actor; range 0: it is the actor's own place. */
export function reachesPoint(state: SimState, actor: number, x: number, y: number, range: number): boolean {
  const { entities } = state;
  const metres = Math.hypot(entities.x[actor]! - x, entities.y[actor]! - y);
  return metres <= range + balance.combat.rangeToleranceMetres;
}

/** Everybody within `radius` metres of a point, the nearest first. */
export function slotsWithin(state: SimState, x: number, y: number, radius: number): readonly number[] {
  const { entities, grid } = state;
  const found: { readonly slot: number; readonly metres: number }[] = [];
  for (const cell of grid.cellsWithin(x, y, radius)) {
    for (let slot = grid.first(cell); slot !== 0; slot = grid.after(slot)) {
      const metres = Math.hypot(entities.x[slot]! - x, entities.y[slot]! - y);
      if (metres <= radius) found.push({ slot, metres });
    }
  }
  return found.sort((a, b) => a.metres - b.metres || a.slot - b.slot).map(({ slot }) => slot);
}
