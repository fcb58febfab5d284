import { balance } from '../balance.ts';
import type { ClassSpec, DamageSchool, GearStats, WeaponSpec } from '../definition.ts';
import { fervourOf } from '../npcs/fervour.ts';
import type { PlayerBody } from '../players.ts';
import { classOf, type SimState } from '../state.ts';

/** What takes a part of a blow of each school. */
export const resistedBy: Readonly<Record<DamageSchool, string>> = {
  kinetic: 'armour',
  thermal: 'resistThermal',
  shock: 'resistShock',
  neural: 'resistNeural',
  toxic: 'resistToxic',
};

/** A stat as it is now: of class and level, of gear, and of what lasts on the body. */
export function statOf(state: SimState, slot: number, stat: string): number {
  const body = state.players.get(slot);
  return (body ? ownStat(state, body, stat) : 0) + auraSum(state, slot, stat);
}

function ownStat(state: SimState, body: PlayerBody, stat: string): number {
  const { attributes, attributesPerLevel } = classOf(state, body.classId);
  const grown = (attributes[stat] ?? 0) + (attributesPerLevel[stat] ?? 0) * (body.level - 1);
  return grown + (body.gear[stat] ?? 0);
}

function auraSum(state: SimState, slot: number, stat: string): number {
  let sum = 0;
  for (const { effect } of state.auras.of(slot))
    if (effect.kind === 'buff' || effect.kind === 'debuff') sum += effect.stats[stat] ?? 0;
  return sum;
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));

/** Chances and factors of a body, each within its bounds. */
export function critPermilleOf(state: SimState, slot: number): number {
  const { critPermille, critPermillePerReflex, maxCritPermille } = balance.combat;
  const chance =
    critPermille + statOf(state, slot, 'critPermille') + statOf(state, slot, 'reflex') * critPermillePerReflex;
  return clamp(chance, 0, maxCritPermille);
}

export function dodgePermilleOf(state: SimState, slot: number): number {
  const { dodgePermille, dodgePermillePerReflex, maxDodgePermille } = balance.combat;
  return clamp(dodgePermille + statOf(state, slot, 'reflex') * dodgePermillePerReflex, 0, maxDodgePermille);
}

/** What a body's own damage and healing are multiplied with. */
export function powerOf(state: SimState, slot: number): number {
  const power = 1 + Math.max(balance.combat.minPowerPermille, statOf(state, slot, 'powerPermille')) / 1_000;
  return (power * fervourOf(state, slot)) / 1_000;
}

/** A span that haste shortens. */
export function hastened(state: SimState, slot: number, ticks: number): number {
  if (ticks === 0) return 0;
  const { minHastePermille, maxHastePermille } = balance.combat;
  const haste = clamp(statOf(state, slot, 'hastePermille'), minHastePermille, maxHastePermille);
  return Math.max(1, Math.round((ticks * 1_000) / (1_000 + haste)));
}

/** Share of a blow that armour or resistance takes. */
export function mitigationOf(state: SimState, slot: number, school: DamageSchool, attackerLevel: number): number {
  const against = statOf(state, slot, resistedBy[school]);
  if (against <= 0) return 0;
  const { mitigationBase, mitigationPerLevel, maxMitigation } = balance.combat;
  return Math.min(maxMitigation, against / (against + mitigationBase + mitigationPerLevel * attackerLevel));
}

/** The weapon in a body's hand; undefined: none. */
export function weaponOf(state: SimState, slot: number): WeaponSpec | undefined {
  return state.players.get(slot)?.weapon;
}

/** Health and its bound stand in 16 bits on the wire. */
const LARGEST_HEALTH = 65_535;

/** Full health of a character of this class and level with this equipment. */
export function maxHealthOf({ health }: ClassSpec, level: number, gear: GearStats): number {
  const sum = health.base + health.perLevel * (level - 1) + (gear.maxHealth ?? 0);
  return Math.min(LARGEST_HEALTH, Math.max(1, Math.round(sum)));
}

/** Sets full health anew after gear or a lasting effect has changed it; what is above it is gone. */
export function refreshMaxHealth(state: SimState, slot: number): void {
  const { entities, zone } = state;
  const body = state.players.get(slot);
  const own = body
    ? maxHealthOf(classOf(state, body.classId), body.level, body.gear)
    : zone.npcKinds[entities.kind[slot]!]!.maxHealth;
  const max = clamp(own + auraSum(state, slot, 'maxHealth'), 1, LARGEST_HEALTH);
  entities.maxHealth[slot] = max;
  entities.health[slot] = Math.min(max, entities.health[slot]!);
}
