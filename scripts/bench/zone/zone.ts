import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { BenchOptions } from '../options.ts';
import { table } from '../report.ts';
import type { Figure } from './figure.ts';
import { goals } from './goals.ts';
import { openFileLimit } from './open-files.ts';
import { type Failure, isRow, pinning, type Row } from './round.ts';
import { nameOf, scenario } from './scenario.ts';
import { soak } from './soak.ts';

const KEPT = join(import.meta.dirname, '../../../dist/bench/zone.json');
/** Half of the most that a zone holds with ten inputs a second each. */
const SOAK_PLAYERS = 1_750;
const SOAK_CHURN_PER_SECOND = 5;

/** The zone fleet beside its peers, by the method of the README: one core for the server, one for the clients. */
export async function zone(options: BenchOptions): Promise<void> {
  console.log('\nZone fleet: a server on one core, its clients on another, 20 ticks a second\n');
  console.log(`  Node ${process.version}, ${availableParallelism()} cores, ${openFileLimit() ?? 'unknown'} open files`);
  if (!pinning())
    console.log('  Processes cannot be pinned to cores here (taskset, two cores): the figures mean little.');
  if (options.soakMinutes !== undefined) {
    const players = { server: 'zone', players: SOAK_PLAYERS } as const;
    const lively = { inputsPerSecond: 10, churnPerSecond: SOAK_CHURN_PER_SECOND };
    await soak(scenario({ ...players, ...lively }), options.soakMinutes);
    return;
  }
  const asked = options.goals.includes('all') ? Object.keys(goals) : options.goals;
  const unknown = asked.filter((name) => !(name in goals));
  if (unknown.length > 0)
    throw new Error(`no goal ${unknown.join(', ')}; there are all, ${Object.keys(goals).join(', ')}`);
  const kept = options.isFresh ? {} : readKept();
  for (const name of asked) {
    if (options.goals.includes('all') && kept[name]) {
      console.log(`\n${name}: measured before (--fresh measures anew)`);
      continue;
    }
    console.log(`\n${name}\n  ${heading}`);
    kept[name] = await goals[name]!((one) => console.log(`  ${line(one)}`));
    mkdirSync(dirname(KEPT), { recursive: true });
    writeFileSync(KEPT, JSON.stringify(kept, undefined, 2));
  }
  console.log(`\n${summary(asked.flatMap((name) => kept[name] ?? []))}`);
  console.log(
    '\n  disturbed: rounds in which others used more than 6 % of the machine, or the clients 95 % of their core.',
  );
}

type Kept = Record<string, Figure[]>;

/** Figures of goals that were measured before; a run that was broken off goes on behind them. */
function readKept(): Kept {
  try {
    return JSON.parse(readFileSync(KEPT, 'utf8')) as Kept;
  } catch {
    return {};
  }
}

const columns = [
  ['server', 16],
  ['N', 6],
  ['p50 ms', 7],
  ['p99 ms', 7],
  ['ticks/s', 8],
  ['frames/s p1', 12],
  ['user+sys', 10],
  ['µs', 6],
  ['B/s', 8],
  ['gc', 11],
  ['RSS', 5],
  ['clients', 8],
  ['others', 7],
] as const;
const pad = (cells: readonly string[]): string =>
  cells.map((cell, at) => (at === 0 ? cell.padEnd(columns[at]![1]) : cell.padStart(columns[at]![1]))).join('');
const heading = pad(columns.map(([name]) => name));

function line(one: Row | Failure): string {
  const { scenario: what } = one;
  if (!isRow(one)) return `${pad([nameOf(what), `${what.players}`])}  ${one.failed}`;
  const { server, clients } = one;
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
  const ofCore = (ms: number) => (ms / 10 / server.seconds).toFixed(0);
  const cells = [
    nameOf(what),
    `${what.players}`,
    server.workP50Ms.toFixed(1),
    server.workP99Ms.toFixed(1),
    (server.ticks / server.seconds).toFixed(1),
    clients.framesP1.toFixed(1),
    `${ofCore(server.cpuUserMs)}+${ofCore(server.cpuSystemMs)} %`,
    one.usPerClientTick.toFixed(1),
    clients.bytesPerSecond.toFixed(0),
    `${server.gcCount}/${server.gcLongestMs.toFixed(1)} ms`,
    server.rssMb.toFixed(0),
    percent(one.clientCpuShare),
    percent(one.foreignShare),
  ];
  const phases = Object.entries(server.phasesMs ?? {})
    .filter(([, ms]) => ms >= 0.05)
    .map(([name, ms]) => `${name} ${ms.toFixed(1)}`);
  const remarks = [one.faults.length === 0 ? 'pass' : one.faults.join(', '), ...one.disturbances];
  if (server.corrections) remarks.push(`${server.corrections} corrections`);
  return `${pad(cells)}  ${remarks.join('; ')}${phases.length > 0 ? `  [${phases.join(', ')}]` : ''}`;
}

function summary(figures: readonly Figure[]): string {
  const meets = (figure: Figure, level: number | undefined) =>
    level !== undefined && (figure.isCeiling ? figure.value <= level : figure.value >= level);
  const rows = figures.map((figure) => {
    const { must, aim, beyond } = figure;
    const isAsked = must !== undefined;
    const reached = meets(figure, beyond)
      ? 'beyond'
      : meets(figure, aim)
        ? 'aim'
        : meets(figure, must)
          ? 'must'
          : isAsked
            ? 'MISSED'
            : '–';
    const levels = [must, aim, beyond].map((level) => (level === undefined ? '–' : `${level}`));
    return [
      `${figure.goal} ${figure.measure}`,
      figure.ours,
      figure.peer,
      figure.shown,
      ...levels,
      reached,
      figure.disturbed,
    ];
  });
  return table(['goal', 'ours', 'peer', 'figure', 'must', 'aim', 'beyond', 'reached', 'disturbed'], rows);
}
