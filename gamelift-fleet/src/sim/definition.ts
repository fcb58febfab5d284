import type { BehaviourSpec, EncounterSpec } from './npcs/behaviour-spec.ts';
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
  /** Ways into other zones; unset: none. */
  readonly gates?: readonly GateSpec[];
  /** At most 256: the welcome tells them all. */
  readonly obstacles: readonly Box[];
  /** Places that quests ask to be visited; unset: none. */
  readonly landmarks?: readonly LandmarkSpec[] | undefined;
  /** What players can use, at most 100; unset: nothing. */
  readonly objects?: readonly ObjectSpec[] | undefined;
  /** What can happen here, at most 20; unset: nothing. */
  readonly events?: readonly EventSpec[] | undefined;
  /** At most 256: their index stands in a byte on the wire. */
  readonly npcKinds: readonly NpcKindSpec[];
  readonly spawns: readonly SpawnSpec[];
  /** At most 255; index 0 is the plain attack that everybody has. */
  readonly abilities: readonly AbilitySpec[];
  readonly classes: Readonly<Record<string, ClassSpec>>;
}

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** Who steps into this circle goes to another zone. */
export interface GateSpec extends Area {
  readonly id: string;
  readonly toZone: string;
  /** The lower end of that zone's level range. */
  readonly minLevel: number;
  /** Where one arrives there. */
  readonly arrival: Area;
}

/** What a body takes with it into another stay. Spans are ms. */
export interface CarriedState {
  /** Time that abilities still need, by their ids. */
  readonly readyInMs: Readonly<Record<string, number>>;
  /** Until the next ability of any kind. */
  readonly globalReadyInMs?: number | undefined;
  /** Since its last hostile act or wound; unset: long ago. */
  readonly hostileAgoMs?: number | undefined;
  /** Unset: all that it can have. */
  readonly energy?: number | undefined;
  /** It is weak for so long yet after coming back at the graveyard. */
  readonly sickForMs?: number | undefined;
  /** It has chosen to fight players. */
  readonly wantsPvp?: boolean | undefined;
  /** What it did to players keeps its flag for so long yet. */
  readonly pvpForMs?: number | undefined;
  /** What it has used, and how long that works yet. */
  readonly tonics?: readonly { readonly stats: Readonly<Record<string, number>>; readonly forMs: number }[] | undefined;
}

export interface LandmarkSpec {
  readonly id: string;
  readonly area: Area;
}

/** Something that players use where it stands. */
export interface ObjectSpec {
  readonly id: string;
  readonly name: string;
  /** How it is shown. */
  readonly look: string;
  readonly x: number;
  readonly y: number;
  /** 0: at once. */
  readonly useTicks: number;
  /** When it can be used again; a door stands open for so long. */
  readonly respawnTicks: number;
  /** Quests count its use. */
  readonly isCounted: boolean;
  /** Only those use it who have this quest under way; unset: everybody. */
  readonly quest?: string | undefined;
  readonly effect:
    | { readonly kind: 'none' }
    /** What it holds is the content's. */
    | { readonly kind: 'loot' }
    /** Index in `obstacles`. */
    | { readonly kind: 'door'; readonly obstacle: number }
    /** Index in `events`. */
    | { readonly kind: 'event'; readonly event: number };
}

/** Something that happens in phases. */
export interface EventSpec {
  readonly id: string;
  readonly name: string;
  readonly area: Area;
  /** Quests count it. */
  readonly isCounted: boolean;
  /** It begins by itself each so many ticks of the zone; unset: by an object. */
  readonly everyTicks?: number | undefined;
  /** Who is to be brought along a path of at least two points. */
  readonly escort?: { readonly kind: number; readonly path: readonly WaypointSpec[] } | undefined;
  /** One after the other. */
  readonly phases: readonly EventPhaseSpec[];
  /** It fails when it lasts longer. */
  readonly limitTicks: number;
  /** It fails when nobody alive is near for so long. */
  readonly aloneTicks: number;
  readonly doneText: string;
  readonly failText: string;
}

export interface EventPhaseSpec {
  readonly text: string;
  /** Who comes when it begins. */
  readonly waves: readonly { readonly kind: number; readonly count: number; readonly area: Area }[];
  readonly ends:
    | { readonly kind: 'slain'; readonly count: number }
    | { readonly kind: 'after'; readonly ticks: number }
    /** Point of the escort's path, counted from 0. */
    | { readonly kind: 'arrived'; readonly waypoint: number };
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
  /** Indexes in the zone's `abilities`, beside its plain blow. Unset: none. */
  readonly abilities?: readonly number[] | undefined;
  /** Unset: it closes in and strikes. */
  readonly behaviour?: BehaviourSpec | undefined;
  /** Of a boss: its phases. */
  readonly encounter?: EncounterSpec | undefined;
}

export interface SpawnSpec {
  readonly id: string;
  /** Index in `npcKinds`. */
  readonly kind: number;
  readonly count: number;
  readonly area: Area;
  readonly respawnTicks: number;
  /** NPCs of one pack help each other from farther away than others do. */
  readonly pack?: string | undefined;
  /** Unset: they wander or stand, as their kind does. */
  readonly patrol?: readonly WaypointSpec[] | undefined;
  /** Another kind that takes the place of one now and then. */
  readonly rare?: { readonly kind: number; readonly permille: number } | undefined;
}

export interface WaypointSpec {
  readonly x: number;
  readonly y: number;
  /** How long it stands there. */
  readonly pauseTicks: number;
}

/** How a blow hurts: kinetic meets armour and can be dodged, the others meet their resistance. */
export type DamageSchool = 'kinetic' | 'thermal' | 'shock' | 'neural' | 'toxic';

/** What a control takes away: everything, walking, half of the speed, or abilities. */
export type ControlKind = 'stun' | 'root' | 'slow' | 'silence';

/** One thing that an ability does to each whom it meets. Amounts are health, spans are ticks. */
export type EffectSpec =
  | { readonly kind: 'damage'; readonly school?: DamageSchool | undefined; readonly min: number; readonly max: number }
  | { readonly kind: 'heal'; readonly min: number; readonly max: number }
  | {
      readonly kind: 'damage-over-time';
      readonly school: DamageSchool;
      readonly min: number;
      readonly max: number;
      readonly everyTicks: number;
      readonly ticks: number;
    }
  | {
      readonly kind: 'heal-over-time';
      readonly min: number;
      readonly max: number;
      readonly everyTicks: number;
      readonly ticks: number;
    }
  | { readonly kind: 'shield'; readonly min: number; readonly max: number; readonly ticks: number }
  | { readonly kind: 'control'; readonly control: ControlKind; readonly ticks: number }
  | { readonly kind: 'buff' | 'debuff'; readonly stats: GearStats; readonly ticks: number }
  /** The NPC turns to the actor, and hates it as much as whom it hates most. */
  | { readonly kind: 'taunt'; readonly ticks: number }
  /** Offers a dead player to stand up where it lies, with this share of its health. */
  | { readonly kind: 'resurrect'; readonly healthPermille: number };

export interface AbilitySpec {
  readonly id: string;
  readonly name: string;
  /**
   * `area`: everybody around a point whom the effects are for. `ray`: the first enemy on the way through a point, before
   * any wall. `fallen`: a dead player.
   */
  readonly target: 'enemy' | 'ally' | 'self' | 'area' | 'ray' | 'fallen';
  /** Metres; of an area: how far away its middle may lie, 0: around the actor. */
  readonly range: number;
  /** Metres around the middle of an area. */
  readonly radius?: number | undefined;
  /** Unset: at once. */
  readonly castTicks?: number | undefined;
  /** The effects come each so many ticks of the cast instead of at its end. */
  readonly channelTicks?: number | undefined;
  readonly cooldownTicks: number;
  readonly globalCooldownTicks: number;
  readonly energyCost?: number | undefined;
  /** Damage, range and interval are those of the weapon in hand; the figures here are for bare hands. */
  readonly usesWeapon?: boolean | undefined;
  readonly effects: readonly EffectSpec[];
  /** Thousandths of the class's attribute that every amount gains. */
  readonly scaling: { readonly attribute: string; readonly permille: number } | undefined;
}

export interface ClassSpec {
  readonly health: { readonly base: number; readonly perLevel: number };
  /** Unset: it has none, and its abilities cost none. */
  readonly energy?: { readonly base: number; readonly perLevel: number } | undefined;
  readonly speed: number;
  readonly attributes: Readonly<Record<string, number>>;
  readonly attributesPerLevel: Readonly<Record<string, number>>;
  /** Ability indexes with the level from which they are known. */
  readonly abilities: readonly { readonly ability: number; readonly level: number }[];
}

/** The weapon in hand. */
export interface WeaponSpec {
  readonly minDamage: number;
  readonly maxDamage: number;
  /** Metres. */
  readonly range: number;
  readonly intervalTicks: number;
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
  /** Unset: bare hands. */
  readonly weapon?: WeaponSpec | undefined;
  /** Where it was; unset: the zone's spawn. Health 0 comes back at the graveyard. */
  readonly place?:
    | { readonly x: number; readonly y: number; readonly yaw: number; readonly health: number }
    | undefined;
  /** What it has carried from an earlier stay, and how long ago that was noted, in ms. */
  readonly carried?: { readonly state: CarriedState; readonly elapsedMs: number } | undefined;
}
