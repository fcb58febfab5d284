import { percentile } from '../../bench/report.ts';

/** What a run of the fleet's chaos has seen; sums of parts are made by `addReport`. */
export interface ZoneChaosReport {
  rounds: number;
  kills: number;
  stops: number;
  /** Writes of owners that have lost their unit: tried in their name after each takeover, and refused. */
  tried: number;
  refused: number;
  /** Processes that went on after a stop and were stopped by the stores. */
  zombies: number;
  crossings: number;
  looted: number;
  /** How often every item was counted. */
  counts: number;
  /** For each bot that was struck: from the strike to its next welcome, and the walking that it lost. */
  readonly reattachMs: number[];
  readonly lossMs: number[];
  readonly problems: string[];
}

export function emptyReport(): ZoneChaosReport {
  const numbers = { rounds: 0, kills: 0, stops: 0, tried: 0, refused: 0, zombies: 0 };
  return { ...numbers, crossings: 0, looted: 0, counts: 0, reattachMs: [], lossMs: [], problems: [] };
}

const sums = ['rounds', 'kills', 'stops', 'tried', 'refused', 'zombies', 'crossings', 'looted', 'counts'] as const;

export function addReport(total: ZoneChaosReport, part: ZoneChaosReport): void {
  for (const name of sums) total[name] += part[name];
  for (const list of ['reattachMs', 'lossMs'] as const) for (const value of part[list]) total[list].push(value);
  total.problems.push(...part.problems);
}

/** The value that 99 of 100 stay below or at; 0 for none. */
export function p99(values: readonly number[]): number {
  return values.length === 0 ? 0 : percentile(values, 99);
}

/** In whole milliseconds. */
export function mostMs(values: readonly number[]): string {
  return values.reduce((one, other) => Math.max(one, other), 0).toFixed(0);
}

export function summaryOf(report: ZoneChaosReport): string {
  const { rounds, kills, stops, tried, refused, zombies, crossings, looted, counts, reattachMs, lossMs } = report;
  return [
    `${rounds} rounds: ${kills} kills, ${stops} stops`,
    `${refused} of ${tried} writes of old owners refused, ${zombies} zombies ended by the stores`,
    `${crossings} crossings, ${looted} looted, counted ${counts} times`,
    `${reattachMs.length} returns: after ${p99(reattachMs).toFixed(0)} ms at p99, ${mostMs(reattachMs)} ms at most`,
    `${p99(lossMs).toFixed(0)} ms of walking lost at p99, ${mostMs(lossMs)} ms at most`,
    `${report.problems.length} problems`,
  ].join('; ');
}
