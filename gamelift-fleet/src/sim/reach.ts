import { balance } from './balance.ts';
import { distanceBetween, type SimState } from './state.ts';

/** Whether nothing stands between two entities. */
export function sees({ entities, obstacles }: SimState, actor: number, target: number): boolean {
  const { x, y } = entities;
  return !obstacles.isBlocked(x[actor]!, y[actor]!, x[target]!, y[target]!);
}

/** Whether a target is in sight and within `range` metres of an actor, with what is forgiven for the way of a message. */
export function reaches(state: SimState, actor: number, target: number, range: number): boolean {
  return (
    distanceBetween(state, actor, target) <= range + balance.combat.rangeToleranceMetres && sees(state, actor, target)
  );
}
