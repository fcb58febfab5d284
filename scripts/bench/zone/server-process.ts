import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { Ticker } from '#fleet/src/control/ticker.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import { percentile } from '../report.ts';
import type { BenchServer, GatewayExtras } from './bench-server.ts';
import type { Scenario, ServerName } from './scenario.ts';

/** What a server process answers to `end`. */
export interface ServerMeasurement {
  readonly ticks: number;
  readonly skippedTicks: number;
  readonly seconds: number;
  readonly workP50Ms: number;
  readonly workP99Ms: number;
  readonly workMaxMs: number;
  readonly cpuUserMs: number;
  readonly cpuSystemMs: number;
  /** Of it, the thread that ticks. The collector's and compiler's helpers, and workers, are the rest. */
  readonly tickThreadCpuMs: number;
  readonly gcCount: number;
  readonly gcMs: number;
  readonly gcLongestMs: number;
  /** How late the event loop came to a timer. */
  readonly loopP99Ms: number;
  readonly rssMb: number;
  readonly heapMb: number;
  readonly connections: number;
  readonly timers: number;
  readonly sockets: number;
  /** Of the zone alone. */
  readonly phasesMs?: Readonly<Record<string, number>> | undefined;
  readonly simulationAndEncodingP99Ms?: number | undefined;
  readonly corrections?: number | undefined;
  readonly closes?: number | undefined;
  readonly overloadLevel?: number | undefined;
  /** Of gateway workers alone. */
  readonly gateway?: GatewayMeasurement | undefined;
}

export interface GatewayMeasurement {
  readonly workersCpuMs: number;
  /** Share of the clients that the busiest worker has. */
  readonly busiestShare: number;
  readonly lastWriteP50Ms: number;
  readonly lastWriteP99Ms: number;
  readonly lostWrites: number;
  readonly lostMessages: number;
}

export type ToServer = 'begin' | 'end' | 'truth' | 'rest' | 'stop';
export type FromServer =
  | { readonly kind: 'listening'; readonly port: number; readonly paths: readonly string[] }
  | ({ readonly kind: 'measured' } & ServerMeasurement)
  | { readonly kind: 'begun' }
  | { readonly kind: 'resting' }
  | { readonly kind: 'truth'; readonly views: Readonly<Record<number, readonly string[]>> };

const starters: Readonly<Record<ServerName, (scenario: Scenario) => Promise<BenchServer>>> = {
  zone: async (scenario) => (await import('./zone-server.ts')).startZoneServer(scenario),
  'colyseus view': async (scenario) => (await import('./colyseus-server.ts')).startColyseusServer(scenario, true),
  'colyseus whole': async (scenario) => (await import('./colyseus-server.ts')).startColyseusServer(scenario, false),
  'raw writes': async (scenario) => (await import('./raw-server.ts')).startRawServer(scenario, 'stream'),
  'handle writes': async (scenario) => (await import('./raw-server.ts')).startRawServer(scenario, 'handle'),
  'gateway workers': async (scenario) => (await import('./gateway-server.ts')).startGatewayServer(scenario),
};

const scenario = JSON.parse(process.argv[2]!) as Scenario;
const server = await starters[scenario.server](scenario);
const say = (message: FromServer) => process.send!(message);

let work: number[] = [];
const ticker = new Ticker(1_000 / TICK_HZ, () => {
  const beganMs = performance.now();
  server.tick();
  work.push(performance.now() - beganMs);
});
let gc = { count: 0, totalMs: 0, longestMs: 0 };
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) {
    gc.count += 1;
    gc.totalMs += duration;
    gc.longestMs = Math.max(gc.longestMs, duration);
  }
}).observe({ entryTypes: ['gc'] });
/** The monitor's values hold its own interval: a loop that does nothing has these 5 ms. */
const LOOP_SAMPLE_MS = 5;
const loop = monitorEventLoopDelay({ resolution: LOOP_SAMPLE_MS });
loop.enable();

const now = () => ({
  cpu: process.cpuUsage(),
  thread: process.threadCpuUsage(),
  ms: performance.now(),
  skipped: ticker.skipped,
});
let began = now();

async function begin(): Promise<void> {
  await server.beginMeasuring?.();
  work = [];
  gc = { count: 0, totalMs: 0, longestMs: 0 };
  loop.reset();
  began = now();
  say({ kind: 'begun' });
}

const gatewayMeasurement = (told: GatewayExtras): GatewayMeasurement => ({
  workersCpuMs: told.workerCpuMs.reduce((sum, ms) => sum + ms, 0),
  busiestShare: Math.max(...told.clients) / told.clients.reduce((sum, one) => sum + one, 0),
  lastWriteP50Ms: percentile(told.lastWriteMs, 50),
  lastWriteP99Ms: percentile(told.lastWriteMs, 99),
  lostWrites: told.lostWrites,
  lostMessages: told.lostMessages,
});

async function end(): Promise<void> {
  const cpu = process.cpuUsage(began.cpu);
  const thread = process.threadCpuUsage(began.thread);
  const inTicks = work;
  work = [];
  const seconds = (performance.now() - began.ms) / 1_000;
  const collected = { ...gc };
  const extras = await server.measured?.();
  const ticks = extras?.workMs ?? inTicks;
  globalThis.gc?.();
  const memory = process.memoryUsage();
  const resources = process.getActiveResourcesInfo();
  const count = (name: RegExp) => resources.filter((one) => name.test(one)).length;
  say({
    kind: 'measured',
    ticks: ticks.length,
    skippedTicks: ticker.skipped - began.skipped,
    seconds,
    workP50Ms: percentile(ticks, 50),
    workP99Ms: percentile(ticks, 99),
    workMaxMs: Math.max(...ticks),
    cpuUserMs: cpu.user / 1_000,
    cpuSystemMs: cpu.system / 1_000,
    tickThreadCpuMs: (thread.user + thread.system) / 1_000,
    gcCount: collected.count,
    gcMs: collected.totalMs,
    gcLongestMs: collected.longestMs,
    loopP99Ms: Math.max(0, loop.percentile(99) / 1e6 - LOOP_SAMPLE_MS),
    rssMb: memory.rss / 2 ** 20,
    heapMb: memory.heapUsed / 2 ** 20,
    connections: server.connections(),
    timers: count(/^Timeout$/),
    sockets: count(/^TCPSocketWrap$/),
    phasesMs: extras?.phasesMs,
    simulationAndEncodingP99Ms: extras && percentile(extras.simulationAndEncodingMs, 99),
    corrections: extras?.corrections,
    closes: extras?.closes,
    overloadLevel: extras?.overloadLevel,
    gateway: extras?.gateway && gatewayMeasurement(extras.gateway),
  });
}

process.on('message', (message: ToServer) => {
  if (message === 'begin') void begin();
  else if (message === 'end') void end();
  else if (message === 'rest') {
    ticker.stop();
    say({ kind: 'resting' });
  } else if (message === 'truth') say({ kind: 'truth', views: server.truth?.() ?? {} });
  else process.exit(0);
});
process.once('disconnect', () => process.exit(0));
ticker.start();
say({ kind: 'listening', ...(await server.listen()) });
