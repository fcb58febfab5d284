import { balance } from './balance.ts';
import { distanceBetween, type SimState } from './state.ts';

/** Whether a target is within `range` metres of an actor, with what is forgiven for the way of a message. */
export function reaches(state: SimState, actor: number, target: number, range: number): boolean {
  return distanceBetween(state, actor, target) <= range + balance.combat.rangeToleranceMetres;
}
