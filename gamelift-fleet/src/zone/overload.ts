/** What the zone still does for its clients under a load. The simulation keeps its rate on every rung. */
export interface Rung {
  /** Smoothed milliseconds of a tick from which on the zone steps up to this rung. */
  readonly fromMs: number;
  /** And below which it steps down again: far enough below for the relief of the rung itself not to lift it. */
  readonly untilMs: number;
  /** Clients around whom nobody fights are written to every so many ticks, in as many phases. */
  readonly quietEveryTicks: number;
  /** All others. */
  readonly everyTicks: number;
  /** Entities in a view beyond which its farthest cells are left out; the own cell never is. */
  readonly maxInView: number;
  readonly admits: boolean;
}

/**
 * Entities of whom a moving crowd costs a client 16 KB/s, its budget under load: 2.4 bytes each and tick, with an
 * acknowledged input every other tick.
 */
export const MAX_IN_VIEW_UNDER_LOAD = 340;

/**
 * The steps of giving way. A tick's cost is its number of writes, hardly their size, so the first steps thin the writes out: a
 * client that is written to every second tick gets the frames of both at once. Then the farthest cells go, then the door closes.
 */
export const overloadLadder: readonly Rung[] = [
  { fromMs: 0, untilMs: 0, quietEveryTicks: 1, everyTicks: 1, maxInView: Number.POSITIVE_INFINITY, admits: true },
  { fromMs: 25, untilMs: 11, quietEveryTicks: 2, everyTicks: 1, maxInView: Number.POSITIVE_INFINITY, admits: true },
  { fromMs: 35, untilMs: 15, quietEveryTicks: 2, everyTicks: 2, maxInView: Number.POSITIVE_INFINITY, admits: true },
  { fromMs: 42, untilMs: 30, quietEveryTicks: 2, everyTicks: 2, maxInView: MAX_IN_VIEW_UNDER_LOAD, admits: true },
  { fromMs: 47, untilMs: 38, quietEveryTicks: 2, everyTicks: 2, maxInView: MAX_IN_VIEW_UNDER_LOAD, admits: false },
];

/** Longest time between a tick and the write that tells of it, in ticks, on any rung. */
export const MAX_HELD_TICKS = 1;
