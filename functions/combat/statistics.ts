import type { CombatId, Slug } from '#shared/kernel/ids.ts';
import { type Fight, outcomeFor, type Participant, rivalOf } from './rules.ts';

/** What is counted of a character's fights, from its first one on. */
export const counters = [
  'fights',
  'npcKills',
  'playerKills',
  'deaths',
  'damageDone',
  'damageTaken',
  'healingDone',
  'hits',
  'misses',
  'fightsWon',
  'fightsLost',
  'fightsDrawn',
  'duelsWon',
  'duelsLost',
  'duelsDrawn',
] as const;
export type Counter = (typeof counters)[number];
export type Counts = Readonly<Record<Counter, number>>;

/** The most damage that a character has ever done with one blow. */
export interface BestBlow {
  readonly amount: number;
  readonly abilityId: Slug;
  readonly combatId: CombatId;
  /** When that fight ended. */
  readonly atMs: number;
}

/** What one fight adds to the totals of one of those who fought it. What is 0 is left out. */
export function countsOf(fight: Fight, own: Participant): Partial<Counts> {
  const { deaths, damageDone, damageTaken, healingDone, hits, misses } = own;
  const added: Partial<Counts> = {
    ...{ fights: 1, deaths, damageDone, damageTaken, healingDone, hits, misses },
    ...('npc' in fight
      ? { npcKills: fight.outcome === 'npc_died' && damageDone + healingDone > 0 ? 1 : 0 }
      : {
          playerKills: rivalOf(fight, own.characterId).deaths,
          [endOf(outcomeFor(fight, own.characterId) as 'won' | 'lost' | 'drawn', fight.isDuel)]: 1,
        }),
  };
  return Object.fromEntries(Object.entries(added).filter(([, count]) => count > 0));
}

function endOf(outcome: 'won' | 'lost' | 'drawn', isDuel: boolean): Counter {
  const name = { won: 'Won', lost: 'Lost', drawn: 'Drawn' } as const;
  return isDuel ? `duels${name[outcome]}` : `fights${name[outcome]}`;
}

/** A fight's best blow of one of those who fought it. */
export function bestBlowOf({ combatId, endedAtMs }: Fight, { bestBlow }: Participant): BestBlow | undefined {
  return bestBlow && { ...bestBlow, combatId, atMs: endedAtMs };
}
