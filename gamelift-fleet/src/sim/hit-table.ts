import type { Random } from '#shared/kernel/random.ts';
import { balance } from './balance.ts';

/** Chance in percent that a blow lands, by how many levels the target is above the attacker. */
export function hitPercent(levelsAbove: number, target: 'npc' | 'player'): number {
  const perLevel = target === 'npc' ? 11 : 7;
  const chance = levelsAbove <= 2 ? 96 - levelsAbove : 94 - perLevel * (levelsAbove - 2);
  return Math.min(99, Math.max(1, chance));
}

export type BlowOutcome = 'hit' | 'critical' | 'miss';

/** Rolls one blow: whether it lands, and for how much. */
export function rollBlow(
  random: Random,
  levelsAbove: number,
  target: 'npc' | 'player',
  amount: { readonly min: number; readonly max: number; readonly bonus: number },
): { outcome: BlowOutcome; amount: number } {
  const roll = random.int(1, 100);
  if (roll > hitPercent(levelsAbove, target)) return { outcome: 'miss', amount: 0 };
  const base = random.int(amount.min, amount.max) + amount.bonus;
  return roll <= balance.combat.critPercent
    ? { outcome: 'critical', amount: Math.round(base * balance.combat.critFactor) }
    : { outcome: 'hit', amount: Math.round(base) };
}
