import { entityStates } from '#shared/contract/zone-protocol.ts';
import { balance } from '../balance.ts';
import { isInRestArea } from '../leaving.ts';
import type { PlayerBody } from '../players.ts';
import { distanceBetween, isFighting, type SimState } from '../state.ts';
import { endAura } from './aura-end.ts';

interface Duel {
  readonly challenger: number;
  readonly challenged: number;
  phase: 'offered' | 'countdown' | 'fighting';
  /** When this phase is over. */
  untilTick: number;
  /** Where it began. */
  readonly x: number;
  readonly y: number;
  /** Since when each is too far away; 0: it is not. */
  readonly awayTick: [number, number];
}

export type DuelRefusal = 'bad_target' | 'busy' | 'too_far' | 'sanctuary' | 'no_duel';
export type DuelEnd = 'won' | 'lost' | 'declined' | 'expired' | 'drawn';

/** What one of the two is told. */
export interface DuelNews {
  readonly slot: number;
  readonly opponent: number;
  readonly what: 'challenged' | 'offered' | 'countdown' | 'begun' | DuelEnd;
}

/** The duels of a zone, and who of whom. */
export class Duels {
  private readonly bySlot = new Map<number, Duel>();

  /** Whom a player fights in a duel that is under way; 0: nobody. */
  opponentOf(slot: number): number {
    const duel = this.bySlot.get(slot);
    return duel?.phase === 'fighting' ? otherOf(duel, slot) : 0;
  }

  /** Offers a duel to one close by. */
  challenge(state: SimState, by: PlayerBody, target: number): DuelRefusal | undefined {
    const { entities, tick } = state;
    const other = state.players.get(target);
    if (!other || other === by || [by, other].some(({ slot }) => entities.state[slot] === entityStates.dead))
      return 'bad_target';
    if ([by, other].some((one) => this.bySlot.has(one.slot) || isFighting(state, one))) return 'busy';
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
    this.bySlot.set(by.slot, duel);
    this.bySlot.set(target, duel);
    tell(state, duel, 'offered', 'challenged');
    return undefined;
  }

  /** The challenged one's answer. */
  answer(state: SimState, slot: number, accepts: boolean): DuelRefusal | undefined {
    const duel = this.bySlot.get(slot);
    if (duel?.phase !== 'offered' || duel.challenged !== slot) return 'no_duel';
    if (!accepts) {
      this.over(state, duel, 'declined', 'declined');
      return undefined;
    }
    duel.phase = 'countdown';
    duel.untilTick = state.tick + balance.duel.countdownTicks;
    tell(state, duel, 'countdown', 'countdown');
    return undefined;
  }

  /** Gives up; before its beginning nobody loses a duel. */
  yield(state: SimState, slot: number): DuelRefusal | undefined {
    const duel = this.bySlot.get(slot);
    if (!duel) return 'no_duel';
    if (duel.phase === 'fighting') this.lost(state, slot);
    else this.over(state, duel, 'declined', 'declined');
    return undefined;
  }

  /** One has lost: it is down, dead, away or gone. */
  lost(state: SimState, slot: number): void {
    const duel = this.bySlot.get(slot);
    if (!duel) return;
    if (duel.phase !== 'fighting') {
      this.over(state, duel, 'expired', 'expired');
      return;
    }
    const isChallenger = duel.challenger === slot;
    this.over(state, duel, isChallenger ? 'lost' : 'won', isChallenger ? 'won' : 'lost');
    state.feuds.end(state, otherOf(duel, slot), slot, true);
  }

  /** Goes on with all duels: phases that are over, and those who are away for too long. */
  advance(state: SimState): void {
    for (const [slot, duel] of this.bySlot) {
      // Each stands under both of its players.
      if (slot !== duel.challenger) continue;
      if (duel.phase === 'fighting') this.watchDistance(state, duel);
      if (this.bySlot.get(slot) === duel && state.tick >= duel.untilTick) this.phaseOver(state, duel);
    }
  }

  private phaseOver(state: SimState, duel: Duel): void {
    if (duel.phase === 'offered') this.over(state, duel, 'expired', 'expired');
    else if (duel.phase === 'countdown') {
      duel.phase = 'fighting';
      duel.untilTick = state.tick + balance.duel.maxTicks;
      tell(state, duel, 'begun', 'begun');
    } else {
      this.over(state, duel, 'drawn', 'drawn');
      state.feuds.end(state, duel.challenger, duel.challenged, false);
    }
  }

  private watchDistance(state: SimState, duel: Duel): void {
    const { entities, tick } = state;
    for (const [index, slot] of [duel.challenger, duel.challenged].entries()) {
      const isAway = Math.hypot(entities.x[slot]! - duel.x, entities.y[slot]! - duel.y) > balance.duel.leashMetres;
      if (!isAway) duel.awayTick[index] = 0;
      else if (duel.awayTick[index] === 0) duel.awayTick[index] = tick;
      else if (tick - duel.awayTick[index]! >= balance.duel.awayTicks) {
        this.lost(state, slot);
        return;
      }
    }
  }

  /** Nothing that one has done to the other lasts beyond the duel. */
  private over(state: SimState, duel: Duel, challenger: DuelEnd, challenged: DuelEnd): void {
    const { auras, casts } = state;
    tell(state, duel, challenger, challenged);
    this.bySlot.delete(duel.challenger);
    this.bySlot.delete(duel.challenged);
    for (const slot of [duel.challenger, duel.challenged]) {
      const other = otherOf(duel, slot);
      for (const aura of auras.of(slot).filter(({ source }) => source === other)) endAura(state, slot, aura);
      if (casts.of(slot)?.target === other) casts.end(slot);
    }
  }

  /** For the state hash. */
  digest(): string {
    return JSON.stringify([...this.bySlot]);
  }
}

function otherOf(duel: Duel, slot: number): number {
  return duel.challenger === slot ? duel.challenged : duel.challenger;
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
