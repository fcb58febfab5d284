import type * as z from 'zod';
import { toIso } from '#shared/kernel/clock.ts';
import type { CombatSessionView } from './contract.ts';
import type { LoggedFight } from './store.ts';

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
