import { median } from '../report.ts';
import type { Row } from './round.ts';
import { nameOf, type Scenario } from './scenario.ts';

/** One line of the table of goals. */
export interface Figure {
  readonly goal: string;
  readonly measure: string;
  readonly ours: string;
  readonly peer: string;
  /** What is held against the goals. */
  readonly value: number;
  readonly shown: string;
  /** Unset, as the other two: nothing is asked of it, it is there to decide by. */
  readonly must?: number | undefined;
  readonly aim?: number | undefined;
  readonly beyond?: number | undefined;
  /** Lower values are better. */
  readonly isCeiling: boolean;
  /** Rounds whose figures say little, of all. */
  readonly disturbed: string;
}

export const disturbedOf = (rows: readonly Row[]): string =>
  `${rows.filter(({ disturbances }) => disturbances.length > 0).length} of ${rows.length}`;

export const middle = (rows: readonly Row[], value: (row: Row) => number): number => median(rows.map(value));

/** @throws Error when a server could not be measured at all. */
export function needRows(rows: readonly Row[][], scenarios: readonly Scenario[]): void {
  for (const [at, some] of rows.entries())
    if (some.length === 0) throw new Error(`${nameOf(scenarios[at]!)} could not be measured`);
}
