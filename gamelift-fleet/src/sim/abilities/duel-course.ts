import { entityStates } from '#shared/contract/zone-protocol.ts';
import { balance } from '../balance.ts';
import type { PlayerBody } from '../players.ts';
import { distanceBetween, isFighting, isInRestArea, type SimState } from '../state.ts';
import { endAura } from './aura-end.ts';
import { type Duel, type DuelEnd, type DuelNews, type DuelRefusal, otherOf } from './duels.ts';

/** Offers a duel to one close by. */
export function challenge(state: SimState, by: PlayerBody, target: number): DuelRefusal | undefined {
  const { entities, tick } = state;
  const other = state.players.get(target);
  if (!other || other === by || [by, other].some(({ slot }) => entities.state[slot] === entityStates.dead))
    return 'bad_target';
  if ([by, other].some((one) => state.duels.of(one.slot) || isFighting(state, one))) return 'busy';
  if ([by, other].some(({ slot }) => isInRestArea(state, slot))) return 'sanctuary';
  if (distanceBetween(state, by.slot, target) > balance.duel.rangeMetres) return 'too_far';
  const duel: Duel = {
    challenger: by.slot,
    challenged: target,
    phase: 'offered',
    untilTick: tick + balance.duel.offerTicks,
    x: (entities.x[by.slot]! + entities.x[target]!) / 2,
    y: (entities.y[by.slot]! + entities.y[target]!) / 2,
    awayTick: [0, 0],
  };
  state.duels.add(duel);
  tell(state, duel, 'offered', 'challenged');
  return undefined;
}

/** The challenged one's answer. */
export function answerChallenge(state: SimState, slot: number, accepts: boolean): DuelRefusal | undefined {
  const duel = state.duels.of(slot);
  if (duel?.phase !== 'offered' || duel.challenged !== slot) return 'no_duel';
  if (!accepts) {
    over(state, duel, 'declined', 'declined');
    return undefined;
  }
  duel.phase = 'countdown';
  duel.untilTick = state.tick + balance.duel.countdownTicks;
  tell(state, duel, 'countdown', 'countdown');
  return undefined;
}

/** Gives up; before its beginning nobody loses a duel. */
export function yieldDuel(state: SimState, slot: number): DuelRefusal | undefined {
  const duel = state.duels.of(slot);
  if (!duel) return 'no_duel';
  if (duel.phase === 'fighting') loseDuel(state, slot);
  else over(state, duel, 'declined', 'declined');
  return undefined;
}

/** One has lost: it is down, dead, away or gone. */
export function loseDuel(state: SimState, slot: number): void {
  const duel = state.duels.of(slot);
  if (!duel) return;
  if (duel.phase !== 'fighting') {
    over(state, duel, 'expired', 'expired');
    return;
  }
  const isChallenger = duel.challenger === slot;
  over(state, duel, isChallenger ? 'lost' : 'won', isChallenger ? 'won' : 'lost');
  state.feuds.end(state, otherOf(duel, slot), slot, true);
}

/** Goes on with all duels: phases that are over, and those who are away for too long. */
export function advanceDuels(state: SimState): void {
  for (const duel of state.duels.all()) {
    if (duel.phase === 'fighting') watchDistance(state, duel);
    if (state.duels.of(duel.challenger) === duel && state.tick >= duel.untilTick) phaseOver(state, duel);
  }
}

function phaseOver(state: SimState, duel: Duel): void {
  if (duel.phase === 'offered') over(state, duel, 'expired', 'expired');
  else if (duel.phase === 'countdown') {
    duel.phase = 'fighting';
    duel.untilTick = state.tick + balance.duel.maxTicks;
    tell(state, duel, 'begun', 'begun');
  } else {
    over(state, duel, 'drawn', 'drawn');
    state.feuds.end(state, duel.challenger, duel.challenged, false);
  }
}

function watchDistance(state: SimState, duel: Duel): void {
  const { entities, tick } = state;
  for (const [index, slot] of [duel.challenger, duel.challenged].entries()) {
    const isAway = Math.hypot(entities.x[slot]! - duel.x, entities.y[slot]! - duel.y) > balance.duel.leashMetres;
    if (!isAway) duel.awayTick[index] = 0;
    else if (duel.awayTick[index] === 0) duel.awayTick[index] = tick;
    else if (tick - duel.awayTick[index]! >= balance.duel.awayTicks) {
      loseDuel(state, slot);
      return;
    }
  }
}

/** Nothing that one has done to the other lasts beyond the duel. */
function over(state: SimState, duel: Duel, challenger: DuelEnd, challenged: DuelEnd): void {
  const { auras, casts } = state;
  tell(state, duel, challenger, challenged);
  state.duels.remove(duel);
  for (const slot of [duel.challenger, duel.challenged]) {
    const other = otherOf(duel, slot);
    for (const aura of auras.of(slot).filter(({ source }) => source === other)) endAura(state, slot, aura);
    if (casts.of(slot)?.target === other) casts.end(slot);
  }
}

function tell(
  state: SimState,
  { challenger, challenged }: Duel,
  first: DuelNews['what'],
  second: DuelNews['what'],
): void {
  state.outcome.duels.push(
    { slot: challenger, opponent: challenged, what: first },
    { slot: challenged, opponent: challenger, what: second },
  );
}
