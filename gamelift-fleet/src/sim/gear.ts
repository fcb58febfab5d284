import { entityStates } from '#shared/contract/zone-protocol.ts';
import { maxEnergyOf } from './abilities/energy.ts';
import { refreshMaxHealth } from './abilities/stats.ts';
import type { GearStats, WeaponSpec } from './definition.ts';
import type { SimState } from './state.ts';
import { type Tonic, takeTonic } from './tonics.ts';

/** A character's level or equipment has changed, or something that it used takes effect. */
export interface GearInput {
  readonly characterId: string;
  /** As it is by now; unset: unknown. */
  readonly level?: number | undefined;
  readonly gear: GearStats;
  /** Unset: bare hands. */
  readonly weapon?: WeaponSpec | undefined;
  /** Health and energy that come back at once. */
  readonly heal: number;
  readonly energy?: number | undefined;
  /** What lasts. */
  readonly tonics?: readonly Tonic[] | undefined;
}

/**
 * Sets what a body's level and equipment add, and lets work what its player has used. Less full health takes what is above
 * it; more gives none. Nothing that is used works on the dead.
 */
export function wear(state: SimState, input: GearInput): void {
  const { characterId, level = 0, gear, weapon, heal, energy = 0, tonics = [] } = input;
  const slot = state.slotOfCharacter.get(characterId);
  const body = slot === undefined ? undefined : state.players.get(slot);
  if (slot === undefined || !body) return;
  const { entities, outcome } = state;
  body.gear = gear;
  body.weapon = weapon;
  body.isVitalsNew = true;
  if (level > body.level) {
    body.level = level;
    entities.level[slot] = level;
    outcome.levels.push({ slot, level });
  }
  refreshMaxHealth(state, slot);
  if (entities.state[slot] === entityStates.dead) return;
  for (const tonic of tonics) takeTonic(state, slot, tonic);
  entities.health[slot] = Math.min(entities.maxHealth[slot]!, entities.health[slot]! + heal);
  body.energy = Math.min(maxEnergyOf(state, body), body.energy + energy);
}
