import type { GearStats } from './definition.ts';
import type { LeaveManner } from './leaving.ts';
import { MovementBudget } from './movement-budget.ts';
import { Suspicion } from './suspicion.ts';

/** What a player's body has beyond the columns that every entity has. */
export interface PlayerBody {
  readonly slot: number;
  readonly characterId: string;
  readonly accountId: string;
  readonly name: string;
  readonly level: number;
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
}

/** A body that has just entered. */
export function newPlayerBody(
  who: Pick<
    PlayerBody,
    'slot' | 'characterId' | 'accountId' | 'name' | 'level' | 'classId' | 'speed' | 'gear' | 'isStaff'
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
  };
}
