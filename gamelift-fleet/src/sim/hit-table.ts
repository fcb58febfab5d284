import type { Random } from '#shared/kernel/random.ts';
import { balance } from './balance.ts';

/** Chance in percent that a blow lands, by how many levels the target is above the attacker. */
export function hitPercent(levelsAbove: number, target: 'npc' | 'player'): number {
  const perLevel = target === 'npc' ? 11 : 7;
  const chance = levelsAbove <= 2 ? 96 - levelsAbove : 94 - perLevel * (levelsAbove - 2);
  return Math.min(99, Math.max(1, chance));
}

export type BlowOutcome = 'hit' | 'critical' | 'glancing' | 'dodge' | 'miss';

/** What decides how a blow meets. Chances are thousandths. */
export interface BlowChances {
  readonly levelsAbove: number;
  readonly target: 'npc' | 'player';
  /** 0 for what cannot be dodged. */
  readonly dodgePermille: number;
  readonly critPermille: number;
}

/**
 * One roll decides: it misses, is dodged, glances off, hits hard or just hits. A later line of the table gets what the
 * earlier ones leave.
 */
export function rollBlow(
  random: Random,
  { levelsAbove, target, dodgePermille, critPermille }: BlowChances,
): BlowOutcome {
  let rest = random.int(1, 1_000);
  const takes = (permille: number): boolean => {
    rest -= permille;
    return rest <= 0;
  };
  if (takes(1_000 - hitPercent(levelsAbove, target) * 10)) return 'miss';
  if (takes(dodgePermille)) return 'dodge';
  if (target === 'npc' && takes(glancingPermille(levelsAbove))) return 'glancing';
  return takes(critPermille) ? 'critical' : 'hit';
}

function glancingPermille(levelsAbove: number): number {
  const { glancingFromLevels, glancingPermillePerLevel } = balance.combat;
  return levelsAbove < glancingFromLevels ? 0 : (levelsAbove - glancingFromLevels + 1) * glancingPermillePerLevel;
}

/** What an outcome makes of a blow's amount. */
export const blowFactor: Readonly<Record<BlowOutcome, number>> = {
  hit: 1,
  critical: balance.combat.critFactor,
  glancing: balance.combat.glancingFactor,
  dodge: 0,
  miss: 0,
};
