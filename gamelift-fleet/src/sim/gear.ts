import { entityStates } from '#shared/contract/zone-protocol.ts';
import { refreshMaxHealth } from './abilities/stats.ts';
import type { GearStats, WeaponSpec } from './definition.ts';
import type { SimState } from './state.ts';

/** A character's equipment has changed, or something that it used takes effect. */
export interface GearInput {
  readonly characterId: string;
  readonly gear: GearStats;
  /** Unset: bare hands. */
  readonly weapon?: WeaponSpec | undefined;
  /** Health that comes back at once. */
  readonly heal: number;
}

/** Sets what a body's equipment adds. Less full health takes what is above it; more gives none. The dead stay dead. */
export function wear(state: SimState, { characterId, gear, weapon, heal }: GearInput): void {
  const slot = state.slotOfCharacter.get(characterId);
  const body = slot === undefined ? undefined : state.players.get(slot);
  if (slot === undefined || !body) return;
  const { entities } = state;
  body.gear = gear;
  body.weapon = weapon;
  body.isVitalsNew = true;
  refreshMaxHealth(state, slot);
  if (entities.state[slot] === entityStates.dead) return;
  entities.health[slot] = Math.min(entities.maxHealth[slot]!, entities.health[slot]! + heal);
}
