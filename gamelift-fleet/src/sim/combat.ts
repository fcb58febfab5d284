import { actionResults, entityStates } from '#shared/contract/zone-protocol.ts';
import { regainEnergy, tellVitals } from './abilities/energy.ts';
import { fadeFlag } from './abilities/pvp.ts';
import { useAbility } from './abilities/use-ability.ts';
import { balance } from './balance.ts';
import { stir } from './idleness.ts';
import type { PlayerBody } from './players.ts';
import { classOf, isFighting, type SimState } from './state.ts';
import { judgeCover } from './suspicion.ts';

/** A player's wish to use an ability. Target 0: oneself, or where `aim` is. */
export interface ActionInput {
  readonly slot: number;
  readonly actionSeq: number;
  readonly ability: number;
  readonly target: number;
  /** The moment that its player saw, in sixteenths of a tick; unset: now. */
  readonly viewTick?: number | undefined;
  /** Middle of an area, or what a shot goes through. */
  readonly aim?: { readonly x: number; readonly y: number } | undefined;
}

/** Carries out one action or refuses it, and tells the player which. */
export function act(state: SimState, input: ActionInput): void {
  const { slot, actionSeq, ability, target, aim, viewTick } = input;
  const player = state.players.get(slot);
  if (!player) return;
  stir(state, player);
  const answer =
    state.entities.state[slot] === entityStates.dead || knows(state, player, ability)
      ? useAbility(state, { actor: slot, ability, target, aim, viewTick })
      : 'unknown_ability';
  if (answer === 'no_line_of_sight') judgeCover(state, player, target, viewTick);
  state.outcome.actionResults.push({ slot, actionSeq, result: actionResults[answer] });
}

function knows(state: SimState, player: PlayerBody, ability: number): boolean {
  return (
    ability === 0 ||
    classOf(state, player.classId).abilities.some((known) => known.ability === ability && known.level <= player.level)
  );
}

/** Calms players down, heals those out of combat and gives energy back; each one once a second, spread over the ticks. */
export function recoverPlayers(state: SimState, ticksPerSecond: number): void {
  const { entities } = state;
  for (const player of state.players.values()) {
    const { slot } = player;
    tellVitals(state, player);
    const isTurn = (state.tick + slot) % ticksPerSecond === 0;
    if (isTurn) fadeFlag(state, player);
    if (entities.state[slot] === entityStates.dead) continue;
    const fighting = isFighting(state, player);
    entities.state[slot] = fighting ? entityStates.fighting : entityStates.alive;
    if (!isTurn) continue;
    regainEnergy(state, player);
    if (!fighting) regainHealth(state, slot);
  }
}

function regainHealth({ entities }: SimState, slot: number): void {
  const max = entities.maxHealth[slot]!;
  const regained = Math.max(1, Math.round(max * balance.combat.regenPerSecond));
  entities.health[slot] = Math.min(max, entities.health[slot]! + regained);
}
