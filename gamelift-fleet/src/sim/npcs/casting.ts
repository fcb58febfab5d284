import { isHarmful } from '../abilities/landing.ts';
import { useAbility } from '../abilities/use-ability.ts';
import type { AbilitySpec } from '../definition.ts';
import { distanceBetween, type SimState } from '../state.ts';
import { mostHurtFriend } from './friends.ts';

/** Uses the first of an NPC's own abilities that is ready and has whom it is for. Answers whether it began one. */
export function useOwn(state: SimState, npc: number): boolean {
  const { entities, minds, zone } = state;
  const kind = zone.npcKinds[entities.kind[npc]!]!;
  const own = kind.encounter?.phases[minds.phase[npc]! - 1]?.abilities ?? kind.abilities;
  if (!own) return false;
  for (let index = 0; index < own.length; index++) if (useOne(state, npc, own[index]!)) return true;
  return false;
}

/** Uses one ability on whom it is made for. Answers whether it began. */
export function useOne(state: SimState, npc: number, ability: number): boolean {
  const spec = state.zone.abilities[ability];
  if (!spec) return false;
  const target = targetOf(state, npc, spec);
  return target !== 0 && useAbility(state, { actor: npc, ability, target, aim: undefined }) === 'done';
}

/** Whom an NPC would use an ability on now; 0: nobody. */
function targetOf(state: SimState, npc: number, spec: AbilitySpec): number {
  const foe = state.minds.target[npc]!;
  if (spec.target === 'self') return npc;
  if (!isHarmful(spec)) return mostHurtFriend(state, npc, spec.range);
  // What happens around it is for those who stand there.
  const isWasted = spec.range === 0 && distanceBetween(state, npc, foe) > (spec.radius ?? 0);
  return isWasted ? 0 : foe;
}
