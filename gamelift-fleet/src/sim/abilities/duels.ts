/** Two players who fight each other by consent, or are about to. */
export interface Duel {
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

/** The duels of a zone, by each of their two. */
export class Duels {
  private readonly bySlot = new Map<number, Duel>();

  of(slot: number): Duel | undefined {
    return this.bySlot.get(slot);
  }

  /** Whom a player fights in a duel that is under way; 0: nobody. */
  opponentOf(slot: number): number {
    const duel = this.bySlot.get(slot);
    return duel?.phase === 'fighting' ? otherOf(duel, slot) : 0;
  }

  /** Every duel once, in the order of their offers. */
  *all(): IterableIterator<Duel> {
    for (const [slot, duel] of this.bySlot) if (slot === duel.challenger) yield duel;
  }

  add(duel: Duel): void {
    this.bySlot.set(duel.challenger, duel);
    this.bySlot.set(duel.challenged, duel);
  }

  remove(duel: Duel): void {
    this.bySlot.delete(duel.challenger);
    this.bySlot.delete(duel.challenged);
  }

  /** For the state hash. */
  digest(): string {
    return JSON.stringify([...this.bySlot]);
  }
}

export function otherOf(duel: Duel, slot: number): number {
  return duel.challenger === slot ? duel.challenged : duel.challenger;
}
