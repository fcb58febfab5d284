import { combatOutcomes, entityStates } from '#shared/contract/zone-protocol.ts';
import { balance } from '../balance.ts';
import { NPC } from '../entities.ts';
import type { SimState } from '../state.ts';
import { endAura } from './aura-end.ts';
import { loseDuel } from './duel-course.ts';
import { engage, stirUp } from './engage.ts';
import { npcDies } from './npc-death.ts';
import { playerDies } from './player-death.ts';

/** A blow whose amount is known: of an ability, an NPC's plain attack, or something that lasts. */
export interface Blow {
  readonly source: number;
  readonly target: number;
  readonly ability: number;
  /** Before shields. */
  readonly amount: number;
  readonly outcome: 'hit' | 'critical' | 'glancing';
}

/** Carries a blow out: shields take of it what they can, the rest is health; both sides are told and credited. */
export function harm(state: SimState, blow: Blow): void {
  const { entities, grid, outcome } = state;
  const { source, target, ability } = blow;
  if (entities.state[target] === entityStates.dead || !entities.has(source)) return;
  const wanted = Math.round(blow.amount);
  const absorbed = absorb(state, target, wanted);
  const cell = grid.cellOf[target]!;
  if (absorbed > 0) outcome.combat.add(cell, source, target, ability, combatOutcomes.absorbed, absorbed);
  const isDuel = state.duels.opponentOf(target) === source;
  // Nobody dies in a duel.
  const damage = Math.min(wanted - absorbed, entities.health[target]! - (isDuel ? 1 : 0));
  if (absorbed < wanted || wanted === 0)
    outcome.combat.add(cell, source, target, ability, combatOutcomes[blow.outcome], damage);
  entities.health[target]! -= damage;
  if (entities.sort[target] === NPC) hurtNpc(state, blow, damage);
  else hurtPlayer(state, blow, damage);
}

/** What the shields of a body take of an amount, the oldest first; one that is used up is gone. */
function absorb(state: SimState, slot: number, amount: number): number {
  let rest = amount;
  for (const shield of state.auras.of(slot).filter(({ left }) => left > 0)) {
    if (rest === 0) break;
    const taken = Math.min(shield.left, rest);
    shield.left -= taken;
    rest -= taken;
    state.fights.credit(state.players.get(shield.source), slot, taken);
    if (shield.left === 0) endAura(state, slot, shield);
  }
  return amount - rest;
}

function hurtNpc(state: SimState, { source, target }: Blow, damage: number): void {
  const { entities } = state;
  const player = state.players.get(source);
  if (!player) return;
  stirUp(state, player);
  const fight = engage(state, target, player);
  const member = state.fights.member(fight, source, player);
  if (member) {
    member.hits += 1;
    member.damageDone += damage;
    member.threat += damage * balance.combat.threatPerDamage + 1;
    member.hasPart ||= damage > 0;
  }
  fight.npcDamageTaken += damage;
  if (entities.health[target] === 0) npcDies(state, fight, source);
}

function hurtPlayer(state: SimState, { source, target }: Blow, damage: number): void {
  const { entities, duels, feuds } = state;
  const body = state.players.get(target);
  if (!body) return;
  stirUp(state, body);
  const striker = state.players.get(source);
  if (striker) {
    const feud = feuds.between(state, striker, body);
    const [by, at] = [feud.members.get(source)!, feud.members.get(target)!];
    by.hits += 1;
    by.damageDone += damage;
    at.damageTaken += damage;
    if (entities.health[target] === 0) at.deaths += 1;
  }
  const fight = state.fights.of(source);
  if (fight) {
    fight.npcDamageDone += damage;
    const member = state.fights.member(fight, target, body);
    if (member) member.damageTaken += damage;
  }
  if (entities.health[target] === 0) playerDies(state, body, source);
  else if (entities.health[target] === 1 && duels.opponentOf(target) === source) loseDuel(state, target);
}
