import { entityStates } from '#shared/contract/zone-protocol.ts';
import type { ClassSpec, GearStats } from './definition.ts';
import { classOf, type SimState } from './state.ts';

/** A character's equipment has changed, or something that it used takes effect. */
export interface GearInput {
  readonly characterId: string;
  readonly gear: GearStats;
  /** Health that comes back at once. */
  readonly heal: number;
}

/** Health and its bound stand in 16 bits on the wire. */
const LARGEST_HEALTH = 65_535;

/** Full health of a character of this class and level with this equipment. */
export function maxHealthOf({ health }: ClassSpec, level: number, gear: GearStats): number {
  const sum = health.base + health.perLevel * (level - 1) + (gear.maxHealth ?? 0);
  return Math.min(LARGEST_HEALTH, Math.max(1, Math.round(sum)));
}

/** Sets what a body's equipment adds. Less full health takes what is above it; more gives none. The dead stay dead. */
export function wear(state: SimState, { characterId, gear, heal }: GearInput): void {
  const slot = state.slotOfCharacter.get(characterId);
  const body = slot === undefined ? undefined : state.players.get(slot);
  if (slot === undefined || !body) return;
  const { entities } = state;
  const maxHealth = maxHealthOf(classOf(state, body.classId), body.level, gear);
  body.gear = gear;
  entities.maxHealth[slot] = maxHealth;
  if (entities.state[slot] === entityStates.dead) return;
  entities.health[slot] = Math.min(maxHealth, entities.health[slot]! + heal);
}
