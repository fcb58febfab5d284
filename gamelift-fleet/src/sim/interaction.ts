import { actionResults, entityStates } from '#shared/contract/zone-protocol.ts';
import { balance } from './balance.ts';
import { OBJECT } from './entities.ts';
import { stir } from './idleness.ts';
import type { PlayerBody } from './players.ts';
import { distanceBetween, face, type SimState } from './state.ts';
import { beginUse } from './world-objects/use.ts';

/** A player's wish to talk to, open or pick up something. */
export interface InteractInput {
  readonly slot: number;
  readonly actionSeq: number;
  readonly target: number;
}

/** Turns the player to what it wishes to interact with and begins to use it, or refuses, and tells it which. */
export function interact(state: SimState, { slot, actionSeq, target }: InteractInput): void {
  const player = state.players.get(slot);
  if (!player) return;
  stir(state, player);
  const result = actionResults[tryInteract(state, player, target)];
  state.outcome.actionResults.push({ slot, actionSeq, result });
}

function tryInteract(state: SimState, player: PlayerBody, target: number): keyof typeof actionResults {
  const { entities } = state;
  const { slot } = player;
  if (entities.state[slot] === entityStates.dead) return 'dead';
  if (!entities.has(target)) return 'no_target';
  if (entities.sort[target] === OBJECT) return beginUse(state, player, target);
  const targetState = entities.state[target];
  if (target === slot || targetState === entityStates.dead || targetState === entityStates.fighting)
    return 'bad_target';
  if (distanceBetween(state, slot, target) > balance.interaction.rangeMetres) return 'out_of_range';
  face(state, slot, entities.x[target]!, entities.y[target]!);
  return 'nothing_to_do';
}
