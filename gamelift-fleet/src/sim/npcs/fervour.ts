import { NPC } from '../entities.ts';
import type { SimState } from '../state.ts';

/** How hard somebody's blows and abilities are by the course of a fight, in thousandths: a boss's phase and rage. */
export function fervourOf({ entities, minds, zone }: SimState, slot: number): number {
  if (entities.sort[slot] !== NPC) return 1_000;
  const { encounter } = zone.npcKinds[entities.kind[slot]!]!;
  if (!encounter) return 1_000;
  const ofPhase = encounter.phases[minds.phase[slot]! - 1]?.damagePermille ?? 1_000;
  return minds.isEnraged[slot] === 1 ? (ofPhase * encounter.enragePermille) / 1_000 : ofPhase;
}
