import { type actionResults, entityStates } from '#shared/contract/zone-protocol.ts';
import { USE_OBJECT } from '../abilities/ability-numbers.ts';
import type { Cast } from '../abilities/casts.ts';
import { isHeld } from '../abilities/control.ts';
import { balance } from '../balance.ts';
import type { ObjectSpec } from '../definition.ts';
import type { UseOutcome } from '../outcome.ts';
import type { PlayerBody } from '../players.ts';
import { sees } from '../reach.ts';
import { distanceBetween, face, type SimState } from '../state.ts';
import { beginEvent } from '../world-events/course.ts';
import { spend } from './upkeep.ts';

type Answer = keyof typeof actionResults;

/** A player begins to use an object, or is told why not. */
export function beginUse(state: SimState, player: PlayerBody, target: number): Answer {
  const { slot } = player;
  if (isHeld(state, slot, 'stun')) return 'stunned';
  if (state.casts.of(slot)) return 'casting';
  const refusal = refusalOf(state, player, target);
  if (refusal) return refusal;
  const { entities, tick } = state;
  const { useTicks } = specOf(state, target);
  face(state, slot, entities.x[target]!, entities.y[target]!);
  if (useTicks === 0) take(state, player, target);
  else {
    const incarnation = entities.incarnation[target]!;
    const cast = { ability: USE_OBJECT, target, incarnation, aim: undefined, endTick: tick + useTicks, nextTick: 0 };
    state.casts.begin(slot, cast);
  }
  return 'done';
}

/** The time of a use is over: it takes place if everything still holds. Somebody else may have been quicker. */
export function finishUse(state: SimState, actor: number, { target }: Cast): void {
  const player = state.players.get(actor);
  if (player && !refusalOf(state, player, target)) take(state, player, target);
}

function specOf({ entities, zone }: SimState, target: number): ObjectSpec {
  return zone.objects![entities.kind[target]!]!;
}

function refusalOf(state: SimState, player: PlayerBody, target: number): Answer | undefined {
  const { quest } = specOf(state, target);
  if (distanceBetween(state, player.slot, target) > balance.interaction.rangeMetres) return 'out_of_range';
  if (!sees(state, player.slot, target)) return 'no_line_of_sight';
  if (quest !== undefined && !player.quests.includes(quest)) return 'not_for_you';
  return state.entities.state[target] === entityStates.dead ? 'nothing_to_do' : undefined;
}

function take(state: SimState, player: PlayerBody, target: number): void {
  const { entities, outcome } = state;
  const object = entities.kind[target]!;
  const { effect, respawnTicks } = specOf(state, target);
  spend(state, object, respawnTicks);
  if (effect.kind === 'door') state.obstacles.setOpen(effect.obstacle, true);
  if (effect.kind === 'event') beginEvent(state, effect.event);
  state.useSeq += 1;
  outcome.uses.push({
    useSeq: state.useSeq,
    object,
    objectSlot: target,
    by: userOf(player),
    nearby: companions(state, player),
  });
}

function userOf({ accountId, characterId, level }: PlayerBody): UseOutcome['by'] {
  return { accountId, characterId, level };
}

/** The others of a player's party who are near enough to share in what it does, dead or alive, frozen now. */
function companions(state: SimState, { partyId, slot }: PlayerBody): UseOutcome['nearby'] {
  if (partyId === undefined) return [];
  return [...state.parties.membersOf(partyId)]
    .filter((member) => member !== slot && distanceBetween(state, slot, member) <= balance.combat.claimMetres)
    .map((member) => userOf(state.players.get(member)!));
}
