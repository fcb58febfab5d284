import type { Box } from './obstacles.ts';

/** Everything a simulation knows about its zone. Distances are metres, speeds metres per tick, times ticks. */
export interface ZoneDefinition {
  readonly id: string;
  readonly name: string;
  readonly originX: number;
  readonly originY: number;
  readonly width: number;
  readonly height: number;
  readonly spawn: Area;
  readonly graveyard: Area;
  /** Where players may leave the world at once. */
  readonly restAreas: readonly Area[];
  /** At most 256: the welcome tells them all. */
  readonly obstacles: readonly Box[];
  /** At most 256: their index stands in a byte on the wire. */
  readonly npcKinds: readonly NpcKindSpec[];
  readonly spawns: readonly SpawnSpec[];
  /** At most 256; index 0 is the plain attack that everybody has. */
  readonly abilities: readonly AbilitySpec[];
  readonly classes: Readonly<Record<string, ClassSpec>>;
}

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

export interface NpcKindSpec {
  readonly id: string;
  readonly name: string;
  readonly faction: string;
  readonly rank: 'normal' | 'elite' | 'boss';
  readonly level: number;
  readonly maxHealth: number;
  readonly damageMin: number;
  readonly damageMax: number;
  readonly attackRange: number;
  readonly attackIntervalTicks: number;
  readonly speed: number;
  /** At equal level; 0: it only answers an attack. */
  readonly aggroRadius: number;
  readonly assistRadius: number;
  readonly leash: number;
  readonly decayTicks: number;
}

export interface SpawnSpec {
  readonly id: string;
  /** Index in `npcKinds`. */
  readonly kind: number;
  readonly count: number;
  readonly area: Area;
  readonly respawnTicks: number;
}

export interface AbilitySpec {
  readonly id: string;
  readonly name: string;
  readonly target: 'enemy' | 'ally' | 'self';
  readonly range: number;
  readonly cooldownTicks: number;
  readonly globalCooldownTicks: number;
  readonly effects: readonly { readonly kind: 'damage' | 'heal'; readonly min: number; readonly max: number }[];
  /** Thousandths of the class's attribute that every amount gains. */
  readonly scaling: { readonly attribute: string; readonly permille: number } | undefined;
}

export interface ClassSpec {
  readonly health: { readonly base: number; readonly perLevel: number };
  readonly speed: number;
  readonly attributes: Readonly<Record<string, number>>;
  readonly attributesPerLevel: Readonly<Record<string, number>>;
  /** Ability indexes with the level from which they are known. */
  readonly abilities: readonly { readonly ability: number; readonly level: number }[];
}

/** Sums over what a character wears, by the content's names of stats. */
export type GearStats = Readonly<Record<string, number>>;

/** A character as it enters the simulation. */
export interface JoiningCharacter {
  readonly characterId: string;
  readonly accountId: string;
  readonly name: string;
  readonly level: number;
  readonly classId: string;
  readonly isStaff?: boolean | undefined;
  /** What it wears adds to its stats, by stat; unset: nothing. */
  readonly gear?: GearStats | undefined;
  /** Where it was; unset: the zone's spawn. Health 0 comes back at the graveyard. */
  readonly place?:
    | { readonly x: number; readonly y: number; readonly yaw: number; readonly health: number }
    | undefined;
}
