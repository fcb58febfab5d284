import type { GearStats, WeaponSpec } from './definition.ts';
import type { LeaveManner } from './leaving.ts';
import { MovementBudget } from './movement-budget.ts';
import { Suspicion } from './suspicion.ts';

/** What a player's body has beyond the columns that every entity has. */
export interface PlayerBody {
  readonly slot: number;
  readonly characterId: string;
  readonly accountId: string;
  readonly name: string;
  /** Rises within a stay. */
  level: number;
  readonly classId: string;
  /** Metres per tick. */
  readonly speed: number;
  readonly budget: MovementBudget;
  /** Inputs that name an older correction than this (mod 256) do not move the body. */
  correction: number;
  /** Sequence of the newest input taken in, whether it moved the body or not. */
  seq: number;
  /** Tick from which each ability may be used again, by its index. */
  readonly readyTick: Map<number, number>;
  globalReadyTick: number;
  lastHostileTick: number;
  readonly suspicion: Suspicion;
  /** What its equipment adds, by stat. */
  gear: GearStats;
  /** Unset: bare hands. */
  weapon: WeaponSpec | undefined;
  energy: number;
  /** Share of its speed that it has now, in thousandths; what it had until `paceTick`, when that was more. */
  pace: number;
  formerPace: number;
  paceTick: number;
  /** Energy, pace or reach have changed otherwise than by time: the player is told. */
  isVitalsNew: boolean;
  /** It has chosen to fight players; what it did to players keeps the flag until this tick. */
  wantsPvp: boolean;
  pvpUntilTick: number;
  /** To stand up where it lies dead. */
  offer: { readonly healthPermille: number; readonly untilTick: number } | undefined;
  /** Staff need not wait to leave. */
  readonly isStaff: boolean;
  /** How the body is about to leave, and at which tick; unset: it stays. */
  leaveManner: LeaveManner | undefined;
  leaveTick: number;
  /** No connection moves it. */
  isLinkDead: boolean;
  /** When the player last moved, acted or spoke, and the direction that it last claimed. */
  activeTick: number;
  claimedYaw: number;
  isAfk: boolean;
  /** Index of the gate that it stands in; -1: none. */
  gate: number;
  /** See `ties.ts`, as for the next; unset and empty until the zone has been told. */
  partyId: string | undefined;
  quests: readonly string[];
}

/** A body that has just entered. */
export function newPlayerBody(
  who: Pick<
    PlayerBody,
    'slot' | 'characterId' | 'accountId' | 'name' | 'level' | 'classId' | 'speed' | 'gear' | 'weapon' | 'isStaff'
  >,
  tick: number,
): PlayerBody {
  return {
    ...who,
    budget: new MovementBudget(tick),
    correction: 0,
    seq: 0,
    readyTick: new Map(),
    globalReadyTick: 0,
    lastHostileTick: Number.NEGATIVE_INFINITY,
    suspicion: new Suspicion(tick),
    leaveManner: undefined,
    leaveTick: 0,
    isLinkDead: false,
    activeTick: tick,
    claimedYaw: 0,
    isAfk: false,
    gate: -1,
    partyId: undefined,
    quests: [],
    energy: 0,
    pace: 1_000,
    formerPace: 1_000,
    paceTick: tick,
    // The welcome tells them first.
    isVitalsNew: false,
    wantsPvp: false,
    pvpUntilTick: 0,
    offer: undefined,
  };
}
