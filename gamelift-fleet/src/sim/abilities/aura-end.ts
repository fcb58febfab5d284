import type { SimState } from '../state.ts';
import type { Aura } from './auras.ts';
import { refreshMaxHealth } from './stats.ts';

/** Takes a lasting effect off a body, with what it has added to full health. */
export function endAura(state: SimState, slot: number, aura: Aura): void {
  state.auras.remove(slot, aura);
  const { effect } = aura;
  if ((effect.kind === 'buff' || effect.kind === 'debuff') && effect.stats.maxHealth) refreshMaxHealth(state, slot);
}
