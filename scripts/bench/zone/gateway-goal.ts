import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import { disturbedOf, type Figure, middle, needRows } from './figure.ts';
import { type Row, shortRound } from './round.ts';
import { type Scenario, scenario } from './scenario.ts';
import { interleaved, type Tell } from './search.ts';
import { wakeCosts } from './wake-cost.ts';

const PLAYERS = 1_250;
const ROUNDS = 3;
const WORKERS = [1, 2];

/** Of a core, what a zone can use before its ticks come late. Goal G1 has shown 77 to 84 %: the less of them. */
const USABLE_SHARE = 0.77;
const USABLE_US_PER_TICK = (USABLE_SHARE * 1_000_000) / TICK_HZ;

/** Processor time of one client and tick, by thread, in µs. */
export interface ThreadCosts {
  readonly tickUs: number;
  /** Of all workers together. */
  readonly workersUs: number;
  /** Helpers of the collector and the compiler. */
  readonly othersUs: number;
}

/** Players that cores could hold by the processor time that they would take. */
export interface Derived {
  /** One zone, its tick thread and the helpers on one core and each worker on another. */
  readonly players: number;
  /** The same with as many workers as it takes. */
  readonly tickThreadAlone: number;
  /** As many of today's zones as there are cores. */
  readonly zones: number;
}

/** What would fit on `workers` + 1 cores; today's zone costs `zoneUs` for a client and tick. */
export function derive({ tickUs, workersUs, othersUs }: ThreadCosts, workers: number, zoneUs: number): Derived {
  const tickThreadAlone = Math.floor(USABLE_US_PER_TICK / (tickUs + othersUs));
  const byWorkers = Math.floor((workers * USABLE_US_PER_TICK) / workersUs);
  return {
    players: Math.min(tickThreadAlone, byWorkers),
    tickThreadAlone,
    zones: (workers + 1) * Math.floor(USABLE_US_PER_TICK / zoneUs),
  };
}

function costsOf({ server, scenario: { players }, usPerClientTick }: Row): ThreadCosts {
  const perClientTick = (ms: number) => (ms * 1_000) / (server.ticks * players);
  const tickUs = perClientTick(server.tickThreadCpuMs);
  const workersUs = perClientTick(server.gateway?.workersCpuMs ?? 0);
  return { tickUs, workersUs, othersUs: Math.max(0, usPerClientTick - tickUs - workersUs) };
}

const middleCosts = (rows: readonly Row[]): ThreadCosts => ({
  tickUs: middle(rows, (row) => costsOf(row).tickUs),
  workersUs: middle(rows, (row) => costsOf(row).workersUs),
  othersUs: middle(rows, (row) => costsOf(row).othersUs),
});

/** From the beginning of a tick until all clients are written to. */
const lastWriteMs = (rows: readonly Row[]) => ({
  p50: middle(rows, ({ server }) => server.gateway?.lastWriteP50Ms ?? server.workP50Ms),
  p99: middle(rows, ({ server }) => server.gateway?.lastWriteP99Ms ?? server.workP99Ms),
});

const us = (value: number): string => `${value.toFixed(1)} µs`;
const spread = ({ p50, p99 }: { readonly p50: number; readonly p99: number }): string =>
  `${p50.toFixed(1)} · ${p99.toFixed(1)} ms`;

async function waking(goal: string): Promise<Figure> {
  const [atomics, message] = await wakeCosts();
  const one = (cost: typeof atomics) =>
    `${us(cost!.wakerUs)} + ${us(cost!.wokenUs)}, after ${cost!.delayP50Us} · ${cost!.delayP99Us} µs`;
  const value = (message!.wakerUs + message!.wokenUs) / (atomics!.wakerUs + atomics!.wokenUs);
  return {
    goal,
    measure:
      'waking a thread that sleeps, its waker + itself, after p50 · p99: Atomics.notify (used here) beside a message',
    ours: one(atomics),
    peer: one(message),
    value,
    shown: value.toFixed(2),
    isCeiling: false,
    disturbed: '–',
  };
}

interface Contender {
  readonly workers: number;
  readonly rows: readonly Row[];
}

/** What was measured of one number of workers, and what follows by the processor time, beside today's zone. */
function figuresOf(goal: string, { workers, rows }: Contender, zone: readonly Row[], raw: readonly Row[]): Figure[] {
  const costs = middleCosts(rows);
  const total = middle(rows, (row) => row.usPerClientTick);
  const zoneUs = middle(zone, (row) => row.usPerClientTick);
  const [delay, zoneDelay] = [lastWriteMs(rows), lastWriteMs(zone)];
  const tickMs = (some: readonly Row[]) => ({
    p50: middle(some, ({ server }) => server.workP50Ms),
    p99: middle(some, ({ server }) => server.workP99Ms),
  });
  const busiest = middle(rows, ({ server }) => server.gateway!.busiestShare);
  const apartMs = (PLAYERS * (costs.tickUs + costs.workersUs * busiest)) / 1_000;
  const most = derive(costs, workers, zoneUs);
  const common = { goal, isCeiling: true, disturbed: disturbedOf([...rows, ...zone]) };
  const name = `${workers} worker${workers > 1 ? 's' : ''}`;
  const times = (value: number) => ({ value, shown: `${value.toFixed(2)}×` });
  const rawUs = middle(raw, (row) => row.usPerClientTick);
  return [
    {
      ...common,
      measure: `${name}: CPU per client-tick, tick thread ${us(costs.tickUs)}, workers ${us(costs.workersUs)}, others ${us(costs.othersUs)} (a bare write: ${us(rawUs)}), beside today's zone`,
      ours: us(total),
      peer: us(zoneUs),
      ...times(total / zoneUs),
    },
    {
      ...common,
      measure: `${name}: the tick thread's work, p50 · p99`,
      ours: spread(tickMs(rows)),
      peer: spread(tickMs(zone)),
      ...times(tickMs(rows).p50 / tickMs(zone).p50),
    },
    {
      ...common,
      measure: `${name}: from a tick's beginning to its last write, p50 · p99, all on one core (derived, a core for each: ${apartMs.toFixed(1)} ms)`,
      ours: spread(delay),
      peer: spread(zoneDelay),
      ...times(delay.p50 / zoneDelay.p50),
    },
    {
      ...common,
      measure: `${name}: derived, not measured: players of one zone on ${workers + 1} cores (by its tick thread alone ${most.tickThreadAlone}), beside ${workers + 1} of today's zones on them`,
      ours: `${most.players}`,
      peer: `${most.zones}`,
      ...times(most.players / most.zones),
    },
  ];
}

/** Threads that own the sockets, beside today's one thread and bare writes. Maxima would need a core for each thread and one for the clients. */
export async function gatewayWorkers(goal: string, what: Partial<Scenario>, tell: Tell): Promise<Figure[]> {
  const players = { players: PLAYERS, ...what };
  const scenarios = [
    scenario({ server: 'zone', ...players }),
    scenario({ server: 'raw writes', ...players }),
    ...WORKERS.map((workers) => scenario({ server: 'gateway workers', workers, ...players })),
  ];
  const woken = await waking(goal);
  const rows = await interleaved(scenarios, ROUNDS, shortRound, tell);
  needRows(rows, scenarios);
  const [zone, raw, ...gateways] = rows;
  return [woken, ...gateways.flatMap((own, at) => figuresOf(goal, { workers: WORKERS[at]!, rows: own }, zone!, raw!))];
}
