/**
 * How a kind of NPC fights, as data: what it does beside closing in and striking. Rules stand in the order of their
 * weight; each time it decides, the first that applies is done. Distances are metres, times ticks.
 */
export interface BehaviourSpec {
  readonly id: string;
  /** What it does while nobody is to be fought. */
  readonly rest: 'wander' | 'stand';
  /** It steps back from whom it fights until it is this far away; 0: it closes in. */
  readonly keepsAway: number;
  /** Whether it strikes by itself beside its rules. */
  readonly strikes: boolean;
  /** At most {@link MAX_RULES}. */
  readonly rules: readonly RuleSpec[];
}

export interface RuleSpec {
  /** All must hold. */
  readonly when: readonly ConditionSpec[];
  readonly act: ActSpec;
  /** At least so long between two times; unset: as often as it applies. */
  readonly everyTicks?: number | undefined;
  /** Once in a fight. */
  readonly once?: boolean | undefined;
}

export type ConditionSpec =
  | { readonly kind: 'health-below'; readonly permille: number }
  | { readonly kind: 'target-within'; readonly metres: number }
  | { readonly kind: 'target-beyond'; readonly metres: number }
  /** A friend of its faction within `metres` has less of its health. */
  | { readonly kind: 'friend-below'; readonly permille: number; readonly metres: number }
  | { readonly kind: 'fight-older'; readonly ticks: number }
  /** The encounter has come to this phase or a later one. */
  | { readonly kind: 'phase-from'; readonly phase: number };

export type ActSpec =
  /** Uses this ability, or unset the first of its own that is ready and has whom it is for. */
  | { readonly kind: 'use'; readonly ability?: number | undefined }
  /** Runs from whom it fights, inside its leash. */
  | { readonly kind: 'flee'; readonly ticks: number }
  /** Friends of its faction within `metres` join its fight. */
  | { readonly kind: 'call-help'; readonly metres: number };

/** A rule's memory is a column of the minds: this many stand side by side. */
export const MAX_RULES = 6;

/** Closes in and strikes: what a kind does that content says nothing of. */
export const plainBehaviour: BehaviourSpec = { id: 'plain', rest: 'wander', keepsAway: 0, strikes: true, rules: [] };

/** What a boss does in the course of a fight. Phases follow each other and never come back within one fight. */
export interface EncounterSpec {
  readonly phases: readonly PhaseSpec[];
  /** After this long its blows are `enragePermille` as hard. */
  readonly enrageTicks: number;
  readonly enragePermille: number;
  readonly enrageText: string;
  /** Said when those who fought it are beaten or gone. */
  readonly resetText: string;
}

export interface PhaseSpec {
  readonly id: string;
  /** It begins when the boss has less of its health … */
  readonly belowPermille?: number | undefined;
  /** … or when the fight has lasted this long; neither: with the fight. */
  readonly afterTicks?: number | undefined;
  /** Said to the whole zone. */
  readonly text: string;
  /** How hard its blows are, in thousandths. */
  readonly damagePermille: number;
  /** Its own abilities in this phase; unset: those of its kind. */
  readonly abilities?: readonly number[] | undefined;
  readonly summons: readonly SummonSpec[];
}

export interface SummonSpec {
  /** Index in the zone's `npcKinds`. */
  readonly kind: number;
  readonly count: number;
  /** Metres around the boss. */
  readonly radius: number;
}
