import { TONIC_ABILITY } from './abilities/ability-numbers.ts';
import type { Aura } from './abilities/auras.ts';
import { refreshMaxHealth } from './abilities/stats.ts';
import type { SimState } from './state.ts';

/** What something that a character has used gives it for a while. */
export interface Tonic {
  readonly stats: Readonly<Record<string, number>>;
  readonly ticks: number;
}

/** Lets a tonic work on a body. The same one again is renewed and does not add up. */
export function takeTonic(state: SimState, slot: number, { stats, ticks }: Tonic): void {
  const effect = { kind: 'buff', stats, ticks } as const;
  const aura = { ability: TONIC_ABILITY, effect, source: slot, bonus: 0, nextTick: 0, left: 0 };
  const effectIndex = indexFor(tonicsOf(state, slot), stats);
  state.auras.put(slot, { ...aura, effectIndex, endTick: state.tick + ticks });
  if (stats.maxHealth) refreshMaxHealth(state, slot);
}

/** What has been used and still works on a body. */
export function tonicsOf(state: SimState, slot: number): readonly Aura[] {
  return state.auras.of(slot).filter(({ ability }) => ability === TONIC_ABILITY);
}

/** The number of the same tonic, or one that is free. */
function indexFor(tonics: readonly Aura[], stats: Tonic['stats']): number {
  const name = JSON.stringify(stats);
  const same = tonics.find(({ effect }) => effect.kind === 'buff' && JSON.stringify(effect.stats) === name);
  if (same) return same.effectIndex;
  let index = 0;
  while (tonics.some(({ effectIndex }) => effectIndex === index)) index += 1;
  return index;
}
