import { combatOutcomes, entityStates } from '#shared/contract/zone-protocol.ts';
import { balance } from '../balance.ts';
import { NPC } from '../entities.ts';
import { creditBlow } from '../fights.ts';
import type { SimState } from '../state.ts';
import { USE_OBJECT } from './ability-numbers.ts';
import { endAura } from './aura-end.ts';
import { loseDuel } from './duel-course.ts';
import { engage, stirUp } from './engage.ts';
import { creditHelp, noteBetween } from './fight-notes.ts';
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
  const hasHurt = absorbed < wanted || wanted === 0;
  if (hasHurt) outcome.combat.add(cell, source, target, ability, combatOutcomes[blow.outcome], damage);
  entities.health[target]! -= damage;
  const landed = { blow, damage, absorbed, hasHurt };
  if (entities.sort[target] === NPC) hurtNpc(state, landed);
  else hurtPlayer(state, landed);
}

/** What has become of a blow. */
interface Landed {
  readonly blow: Blow;
  readonly damage: number;
  readonly absorbed: number;
  /** Shields have not taken all of it. */
  readonly hasHurt: boolean;
}

/** Once the two have a fight, and before that may end by it. */
function noteBlow(state: SimState, { blow, damage, absorbed, hasHurt }: Landed): void {
  if (absorbed > 0) noteBetween(state, blow, 'absorbed', absorbed);
  if (hasHurt) noteBetween(state, blow, blow.outcome, damage);
  if (state.entities.health[blow.target] === 0) noteBetween(state, blow, 'death', 0);
}

/** What the shields of a body take of an amount, the oldest first; one that is used up is gone. */
function absorb(state: SimState, slot: number, amount: number): number {
  let rest = amount;
  for (const shield of state.auras.of(slot).filter(({ left }) => left > 0)) {
    if (rest === 0) break;
    const taken = Math.min(shield.left, rest);
    shield.left -= taken;
    rest -= taken;
    creditHelp(state, { source: shield.source, target: slot, ability: shield.ability }, 'shield', taken);
    if (shield.left === 0) endAura(state, slot, shield);
  }
  return amount - rest;
}

function hurtNpc(state: SimState, landed: Landed): void {
  const { entities } = state;
  const { source, target, ability } = landed.blow;
  const { damage } = landed;
  const player = state.players.get(source);
  if (!player) return;
  stirUp(state, player);
  const fight = engage(state, target, player);
  const member = state.fights.member(fight, source, player);
  if (member) {
    creditBlow(member, ability, damage);
    member.threat += damage * balance.combat.threatPerDamage + 1;
    member.hasPart ||= damage > 0;
  }
  fight.npcDamageTaken += damage;
  noteBlow(state, landed);
  if (entities.health[target] === 0) npcDies(state, fight, source);
}

function hurtPlayer(state: SimState, landed: Landed): void {
  const { entities, duels, feuds } = state;
  const { source, target, ability } = landed.blow;
  const { damage } = landed;
  const body = state.players.get(target);
  if (!body) return;
  stirUp(state, body);
  if (state.casts.of(target)?.ability === USE_OBJECT) state.casts.end(target);
  const striker = state.players.get(source);
  if (striker) {
    const feud = feuds.between(state, striker, body);
    const [by, at] = [feud.members.get(source)!, feud.members.get(target)!];
    creditBlow(by, ability, damage);
    at.damageTaken += damage;
    if (entities.health[target] === 0) at.deaths += 1;
  }
  const fight = state.fights.of(source);
  if (fight) {
    fight.npcDamageDone += damage;
    const member = state.fights.member(fight, target, body);
    if (member) member.damageTaken += damage;
  }
  noteBlow(state, landed);
  if (entities.health[target] === 0) playerDies(state, body, source);
  else if (entities.health[target] === 1 && duels.opponentOf(target) === source) loseDuel(state, target);
}
