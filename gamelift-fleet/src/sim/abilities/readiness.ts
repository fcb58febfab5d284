import type { SimState } from '../state.ts';

/** From when on somebody may use what. */
export interface Readiness {
  /** By the ability's index. */
  readonly readyTick: Map<number, number>;
  globalReadyTick: number;
}

/** Of a player's body, or of an NPC as long as it lives. */
export function readinessOf(state: SimState, slot: number): Readiness {
  const known = state.players.get(slot) ?? state.npcReadiness.get(slot);
  if (known) return known;
  const fresh: Readiness = { readyTick: new Map(), globalReadyTick: 0 };
  state.npcReadiness.set(slot, fresh);
  return fresh;
}
