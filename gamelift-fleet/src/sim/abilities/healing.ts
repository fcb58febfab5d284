import { combatOutcomes, entityStates } from '#shared/contract/zone-protocol.ts';
import type { SimState } from '../state.ts';
import { creditHelp } from './fight-notes.ts';

/** Gives health back, no more than is missing; whoever fights the healed hates the healer for it. */
export function heal(state: SimState, source: number, target: number, ability: number, amount: number): void {
  const { entities, grid, outcome } = state;
  if (entities.state[target] === entityStates.dead) return;
  const healed = Math.min(Math.max(0, Math.round(amount)), entities.maxHealth[target]! - entities.health[target]!);
  entities.health[target]! += healed;
  outcome.combat.add(grid.cellOf[target]!, source, target, ability, combatOutcomes.heal, healed);
  creditHelp(state, { source, target, ability }, 'heal', healed);
}
