import { needOpenFiles } from './open-files.ts';
import { areClientsAtLimit, type Failure, isRow, type Row, runRound, type Timing, wholeRound } from './round.ts';
import type { Scenario } from './scenario.ts';

/** One contender of a search for the most players, and where it is likely to end. */
export interface Contender {
  readonly scenario: Scenario;
  readonly hint: number;
}

/** What a contender holds. */
export interface Found {
  readonly scenario: Scenario;
  /** Most players with which two of three rounds passed; undefined when none did in the time. */
  readonly most: number | undefined;
  /** The rounds that decided. */
  readonly rows: readonly Row[];
}

const searchRound: Timing = { warmUpMs: 2_000, measureMs: 5_000 };
const STEP = 1.05;
const FIRST_STRIDE = 3;
const ROUNDS = 3;
const PASSING_ROUNDS = 2;

const playersAt = (rung: number): number => Math.round(100 * STEP ** rung);
const rungNear = (players: number): number => Math.round(Math.log(players / 100) / Math.log(STEP));

export type Tell = (one: Row | Failure) => void;

const passes = (one: Row | Failure): boolean => isRow(one) && one.faults.length === 0;

/** A disturbed round is made once more; the second counts, whatever disturbs it. */
async function settledRound(scenario: Scenario, timing: Timing, tell: Tell): Promise<Row | Failure> {
  needOpenFiles(scenario.players);
  let one = await runRound(scenario, timing);
  tell(one);
  if (isRow(one) && one.disturbances.length > 0) {
    one = await runRound(scenario, timing);
    tell(one);
  }
  return one;
}

/** The highest step of 5 % that passes once with clients below their limit, looked for from the hint on until the time is up. */
async function edge({ scenario, hint }: Contender, untilMs: number, tell: Tell): Promise<number> {
  let rung = rungNear(hint);
  let passed: number | undefined;
  let failed: number | undefined;
  while (performance.now() < untilMs && (passed === undefined || failed === undefined || failed - passed > 1)) {
    const one = await settledRound({ ...scenario, players: playersAt(rung) }, searchRound, tell);
    // Beyond the clients' limit nothing is to be learnt of the server.
    if (isRow(one) && passes(one) && !areClientsAtLimit(one)) passed = rung;
    else failed = rung;
    if (passed === undefined) rung -= FIRST_STRIDE;
    else if (failed === undefined) rung += FIRST_STRIDE;
    else rung = Math.floor((passed + failed) / 2);
  }
  return passed ?? rung;
}

/**
 * The most players of each: the search, one after the other, then three rounds in turn at what was found; who does not
 * pass two of them steps down by 5 % and does three more while there is time.
 */
export async function mostPlayers(contenders: readonly Contender[], budgetMs: number, tell: Tell): Promise<Found[]> {
  const beganMs = performance.now();
  const SEARCHING = 0.5;
  const rungs: number[] = [];
  for (const [at, contender] of contenders.entries())
    rungs.push(await edge(contender, beganMs + (budgetMs * SEARCHING * (at + 1)) / contenders.length, tell));
  const found: (Found | undefined)[] = contenders.map(() => undefined);
  do {
    const open = contenders.flatMap(({ scenario }, at) =>
      found[at]?.most === undefined ? [{ at, scenario: { ...scenario, players: playersAt(rungs[at]!) } }] : [],
    );
    const rows = new Map<number, (Row | Failure)[]>();
    for (let round = 0; round < ROUNDS; round++)
      for (const { at, scenario } of open) {
        const one = await runRound(scenario, wholeRound);
        tell(one);
        rows.set(at, [...(rows.get(at) ?? []), one]);
      }
    for (const { at, scenario } of open) {
      const isHeld = rows.get(at)!.filter(passes).length >= PASSING_ROUNDS;
      found[at] = { scenario, most: isHeld ? scenario.players : undefined, rows: rows.get(at)!.filter(isRow) };
      if (!isHeld) rungs[at]! -= 1;
    }
  } while (found.some((one) => one!.most === undefined) && performance.now() - beganMs < budgetMs);
  return found as Found[];
}

/** Rounds of several scenarios in turn: the same disturbances meet all of them. */
export async function interleaved(
  scenarios: readonly Scenario[],
  rounds: number,
  timing: Timing,
  tell: Tell,
): Promise<Row[][]> {
  for (const { players } of scenarios) needOpenFiles(players);
  const rows: Row[][] = scenarios.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [at, scenario] of scenarios.entries()) {
      const one = await runRound(scenario, timing);
      tell(one);
      if (isRow(one)) rows[at]!.push(one);
    }
  return rows;
}
