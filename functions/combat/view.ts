import type * as z from 'zod';
import { toIso } from '#shared/kernel/clock.ts';
import type { FightLog, LogEntry } from './fight-log.ts';
import type { LoggedFight } from './rules.ts';
import type { CombatSessionView, LogEntryView, StatisticsView } from './shapes.ts';
import type { Statistics } from './store-statistics.ts';

/** A logged fight as its fighter sees it. */
export function viewOf(fight: LoggedFight): z.input<typeof CombatSessionView> {
  const { damageDone, damageTaken, healingDone, hits, misses, deaths } = fight;
  return {
    combatId: fight.combatId,
    zoneId: fight.zoneId,
    startedAt: toIso(fight.startedAtMs),
    endedAt: toIso(fight.endedAtMs),
    outcome: fight.outcome,
    opponent: fight.rivalId
      ? { characterId: fight.rivalId, isDuel: fight.isDuel ?? false }
      : { npcKind: fight.npcKind!, npcLevel: fight.npcLevel! },
    participants: fight.participants,
    own: { damageDone, damageTaken, healingDone, hits, misses, deaths },
  };
}

/** A sum of a fight's log as those who fought see it. */
export function entryViewOf({ spanMs }: FightLog, entry: LogEntry): z.input<typeof LogEntryView> {
  const { span, source, target, ability, kind, count, amount } = entry;
  return { atMs: span * spanMs, source, target, abilityId: ability, kind, count, amount };
}

/** A character's totals as its player sees them. */
export function statisticsViewOf(statistics: Statistics): z.input<typeof StatisticsView> {
  const { fightsWon, fightsLost, fightsDrawn, duelsWon, duelsLost, duelsDrawn, bestBlow, ...totals } = statistics;
  const best = bestBlow && {
    amount: bestBlow.amount,
    abilityId: bestBlow.abilityId,
    combatId: bestBlow.combatId,
    at: toIso(bestBlow.atMs),
  };
  return {
    ...totals,
    ...(best ? { bestBlow: best } : {}),
    playerFights: { won: fightsWon, lost: fightsLost, drawn: fightsDrawn },
    duels: { won: duelsWon, lost: duelsLost, drawn: duelsDrawn },
  };
}
