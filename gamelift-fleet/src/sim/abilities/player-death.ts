import { entityStates } from '#shared/contract/zone-protocol.ts';
import { balance } from '../balance.ts';
import type { PlayerBody } from '../players.ts';
import type { SimState } from '../state.ts';
import { SICKNESS_ABILITY } from './ability-numbers.ts';
import { loseDuel } from './duel-course.ts';
import { forgetDeeds } from './npc-death.ts';

/** A player's body dies: by an NPC in a fight, or by another player. */
export function playerDies(state: SimState, body: PlayerBody, killer: number): void {
  const { entities, outcome } = state;
  const { slot, characterId, accountId } = body;
  entities.state[slot] = entityStates.dead;
  body.lastHostileTick = Number.NEGATIVE_INFINITY;
  forgetDeeds(state, slot);
  state.fights.died(slot, killer);
  loseDuel(state, slot);
  state.deathSeq += 1;
  const slayer = state.players.get(killer);
  outcome.deaths.push({
    slot,
    characterId,
    accountId,
    deathSeq: state.deathSeq,
    fightSeq: state.fights.of(killer)?.fightSeq ?? state.feuds.numberOf(killer, slot),
    killer: slayer
      ? { accountId: slayer.accountId, characterId: slayer.characterId }
      : { npcKind: entities.kind[killer]! },
  });
  if (slayer) state.feuds.end(state, killer, slot, true);
}

/** How long one of this level is weak after coming back at the graveyard; 0: it is not. */
export function sicknessTicks(level: number): number {
  return balance.death.sickness.find(({ fromLevel }) => level >= fromLevel)?.ticks ?? 0;
}

/** Who comes back by itself is weak for a while: for its level's, unless some of that has passed elsewhere. */
export function sicken(state: SimState, body: PlayerBody, ticks = sicknessTicks(body.level)): void {
  if (ticks === 0) return;
  const effect = { kind: 'debuff', stats: balance.death.sicknessStats, ticks } as const;
  const endTick = state.tick + ticks;
  const aura = { ability: SICKNESS_ABILITY, effectIndex: 0, effect, source: body.slot, bonus: 0, nextTick: 0, left: 0 };
  state.auras.put(body.slot, { ...aura, endTick });
}

/** An ability offers a dead player to stand up; a newer offer takes the place of an older one. */
export function offerToStandUp(state: SimState, by: number, body: PlayerBody, healthPermille: number): void {
  const { outcome } = state;
  body.offer = { healthPermille, untilTick: state.tick + balance.death.offerTicks };
  const name = state.players.get(by)?.name ?? '';
  outcome.offers.push({ slot: body.slot, by, name, ticks: balance.death.offerTicks });
}

/** A dead player's answer to the last offer. A late answer, or one without an offer, does nothing. */
export function answerOffer(state: SimState, slot: number, accepts: boolean): void {
  const body = state.players.get(slot);
  if (!body?.offer) return;
  const { healthPermille, untilTick } = body.offer;
  body.offer = undefined;
  if (!accepts || state.tick > untilTick || state.entities.state[slot] !== entityStates.dead) return;
  comeAlive(state, body, healthPermille);
}

/** A dead body stands up with a share of its health. */
export function comeAlive(state: SimState, body: PlayerBody, healthPermille: number): void {
  const { entities } = state;
  const { slot } = body;
  body.offer = undefined;
  entities.health[slot] = Math.max(1, Math.round((entities.maxHealth[slot]! * healthPermille) / 1_000));
  entities.state[slot] = entityStates.alive;
}
