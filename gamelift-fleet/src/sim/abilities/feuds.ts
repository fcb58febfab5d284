import { balance } from '../balance.ts';
import { FightLog, SOMEBODY } from '../fight-log.ts';
import { type FightMember, newFightMember } from '../fights.ts';
import type { PlayerBody } from '../players.ts';
import type { SimState } from '../state.ts';

/** Two players against each other, from the first blow until one is down, one is gone, or neither strikes any more. */
interface Feud {
  readonly fightSeq: number;
  readonly isDuel: boolean;
  readonly startTick: number;
  lastTick: number;
  readonly members: Map<number, FightMember>;
  readonly log: FightLog;
}

export interface FeudResult {
  readonly fightSeq: number;
  readonly isDuel: boolean;
  readonly startTick: number;
  readonly endTick: number;
  /** Who has won; unset: nobody. */
  readonly winnerId: string | undefined;
  readonly members: readonly FightMember[];
  readonly log: FightLog;
}

/** The fights between players of a zone, one for each pair. */
export class Feuds {
  private readonly byPair = new Map<number, Feud>();

  /** Their fight; begins one if they have none. */
  between(state: SimState, a: PlayerBody, b: PlayerBody): Feud {
    const key = pairKey(a.slot, b.slot);
    const running = this.byPair.get(key);
    if (running) {
      running.lastTick = state.tick;
      return running;
    }
    const feud: Feud = {
      fightSeq: state.fights.nextNumber(),
      isDuel: state.duels.opponentOf(a.slot) === b.slot,
      startTick: state.tick,
      lastTick: state.tick,
      members: new Map([
        [a.slot, newFightMember(a, 1)],
        [b.slot, newFightMember(b, 2)],
      ]),
      log: new FightLog(state.tick),
    };
    this.byPair.set(key, feud);
    return feud;
  }

  of(a: number, b: number): Feud | undefined {
    return this.byPair.get(pairKey(a, b));
  }

  /** The oldest fight that a body has with another player. */
  oldestOf(slot: number): Feud | undefined {
    for (const feud of this.byPair.values()) if (feud.members.has(slot)) return feud;
    return undefined;
  }

  numberOf(a: number, b: number): number | undefined {
    return this.byPair.get(pairKey(a, b))?.fightSeq;
  }

  /** Ends the fight of two, if they have one. */
  end(state: SimState, winner: number, loser: number, isWon: boolean): void {
    const key = pairKey(winner, loser);
    const feud = this.byPair.get(key);
    if (feud) this.conclude(state, key, feud, isWon ? feud.members.get(winner)?.characterId : undefined);
  }

  /** A body is gone from the zone: whoever fought it has won. */
  departed(state: SimState, slot: number): void {
    for (const [key, feud] of this.byPair) {
      if (!feud.members.has(slot)) continue;
      const winner = [...feud.members.keys()].find((other) => other !== slot);
      this.conclude(state, key, feud, winner === undefined ? undefined : feud.members.get(winner)?.characterId);
    }
  }

  /** Ends those in which nobody strikes any more; duels end by their own rules. */
  calmDown(state: SimState): void {
    for (const [key, feud] of this.byPair)
      if (!feud.isDuel && state.tick - feud.lastTick >= balance.combat.calmAfterTicks)
        this.conclude(state, key, feud, undefined);
  }

  private conclude(state: SimState, key: number, feud: Feud, winnerId: string | undefined): void {
    this.byPair.delete(key);
    const { fightSeq, isDuel, startTick, members, log } = feud;
    state.outcome.feuds.push({
      fightSeq,
      isDuel,
      startTick,
      endTick: state.tick,
      winnerId,
      members: [...members.values()],
      log,
    });
  }

  /** For the state hash. */
  digest(): string {
    return JSON.stringify(
      [...this.byPair].map(([key, feud]) => [key, feud.fightSeq, feud.lastTick, [...feud.members], feud.log.digest()]),
    );
  }
}

/** How a body is named in the log of a fight between two. */
export function sideInFeud(feud: Feud, slot: number): number {
  return feud.members.get(slot)?.number ?? SOMEBODY;
}

const pairKey = (a: number, b: number): number => Math.min(a, b) * 65_536 + Math.max(a, b);
