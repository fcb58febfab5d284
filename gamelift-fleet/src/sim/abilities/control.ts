import { combatOutcomes } from '#shared/contract/zone-protocol.ts';
import { balance } from '../balance.ts';
import type { ControlKind } from '../definition.ts';
import { NPC } from '../entities.ts';
import type { SimState } from '../state.ts';
import type { Aura } from './auras.ts';
import { noteBetween } from './fight-notes.ts';
import { statOf } from './stats.ts';

/** Whether a body is held in this way. */
export function isHeld(state: SimState, slot: number, kind: ControlKind): boolean {
  return state.auras.of(slot).some(({ effect }) => effect.kind === 'control' && effect.control === kind);
}

/** Which share of its own speed a body has now, in thousandths; 0: it cannot leave its place. */
export function paceOf(state: SimState, slot: number): number {
  let pace = 1_000;
  for (const { effect } of state.auras.of(slot)) {
    if (effect.kind !== 'control') continue;
    if (effect.control === 'stun' || effect.control === 'root') return 0;
    if (effect.control === 'slow') pace = balance.control.slowPermille;
  }
  const { minPacePermille, maxPacePermille } = balance.combat;
  const moved = (pace * (1_000 + statOf(state, slot, 'movePermille'))) / 1_000;
  return Math.min(maxPacePermille, Math.max(minPacePermille, Math.round(moved)));
}

/** Holds a body, shorter each time; tells when it has no hold on it. */
export function holdBody(
  state: SimState,
  slot: number,
  kind: ControlKind,
  made: Omit<Aura, 'place' | 'endTick'> & { readonly ticks: number },
): void {
  const { entities, grid, tick } = state;
  const { ticks, ...aura } = made;
  const isImmune =
    entities.sort[slot] === NPC &&
    balance.control.immuneRanks.includes(state.zone.npcKinds[entities.kind[slot]!]!.rank);
  const held = isImmune ? 0 : state.controls.shorten(slot, kind, ticks, tick);
  if (held === 0) {
    state.outcome.combat.add(grid.cellOf[slot]!, made.source, slot, made.ability, combatOutcomes.immune, 0);
    return;
  }
  state.auras.put(slot, { ...aura, endTick: tick + held });
  if (kind !== 'stun' && kind !== 'silence') return;
  if (state.casts.of(slot))
    noteBetween(state, { source: made.source, target: slot, ability: made.ability }, 'interrupt', 0);
  state.casts.end(slot);
}
