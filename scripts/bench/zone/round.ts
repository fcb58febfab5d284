import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { zoneProcessFlags } from '#fleet/node-flags.ts';
import { watchCpu } from '../cpu-share.ts';
import type { ClientMeasurement, FromClients, ToClients } from './client-process.ts';
import { isOurs, type Scenario } from './scenario.ts';
import type { FromServer, ServerMeasurement, ToServer } from './server-process.ts';

const SERVER_CORE = 0;
const CLIENT_CORE = 1;
const CONNECT_TIMEOUT_MS = 90_000;
const ANSWER_TIMEOUT_MS = 30_000;

/** What a round must show to pass, and what makes its figures worthless. */
export const limits = {
  workP99Ms: 50,
  ticksPerSecond: 19.8,
  framesP1PerSecond: 19.5,
  clientCpuShare: 0.95,
  foreignShare: 0.06,
} as const;

export interface Timing {
  readonly warmUpMs: number;
  readonly measureMs: number;
}
export const wholeRound: Timing = { warmUpMs: 2_000, measureMs: 10_000 };
export const shortRound: Timing = { warmUpMs: 2_000, measureMs: 6_000 };

/** One measurement of one server. */
export interface Row {
  readonly scenario: Scenario;
  readonly server: ServerMeasurement;
  readonly clients: ClientMeasurement;
  /** Processor time of the server for one client and tick. */
  readonly usPerClientTick: number;
  /** Of all cores, by other programs; NaN where the system does not tell. */
  readonly foreignShare: number;
  readonly clientCpuShare: number;
  /** Why it does not pass; empty: it passes. */
  readonly faults: readonly string[];
  /** Why its figures say little; empty: they count. */
  readonly disturbances: readonly string[];
}

/** A server that did not get as far as being measured. */
export interface Failure {
  readonly scenario: Scenario;
  readonly failed: string;
}

export const isRow = (one: Row | Failure): one is Row => 'server' in one;

export const areClientsAtLimit = ({ clientCpuShare }: Pick<Row, 'clientCpuShare'>): boolean =>
  clientCpuShare > limits.clientCpuShare;

let canPin: boolean | undefined;

/** Whether processes can be pinned to a core each; without it figures mean little. */
export function pinning(): boolean {
  canPin ??= availableParallelism() >= 2 && spawnSync('taskset', ['-V']).status === 0;
  return canPin;
}

class Child<From extends { readonly kind: string }, To> {
  private readonly process: ChildProcess;
  private readonly waiting = new Map<string, (message: From) => void>();
  private readonly name: string;
  private ended = false;

  constructor(file: string, scenario: Scenario, core: number) {
    this.name = file.replace('-process.ts', '');
    const path = fileURLToPath(new URL(file, import.meta.url));
    // Each server as it is run: peers with what Node has by itself.
    const flags = file === 'server-process.ts' && isOurs(scenario) ? zoneProcessFlags : [];
    const node = [process.execPath, '--expose-gc', ...flags, path, JSON.stringify(scenario)];
    const [command, ...args] = pinning() ? ['taskset', '-c', String(core), ...node] : node;
    this.process = spawn(command!, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.process.on('message', (message: From) => {
      this.waiting.get(message.kind)?.(message);
      this.waiting.delete(message.kind);
    });
    this.process.on('exit', () => {
      this.ended = true;
    });
  }

  get pid(): number {
    return this.process.pid!;
  }

  say(message: To): void {
    if (!this.ended) this.process.send(message as never);
  }

  /** @throws Error when it does not come in time, or the process has ended. */
  async hear<Kind extends From['kind']>(kind: Kind, timeoutMs: number): Promise<Extract<From, { kind: Kind }>> {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no word of ${kind} by ${this.name} in ${timeoutMs / 1_000} s`)),
        timeoutMs,
      );
      // Nobody waits for it alone: a word that is not awaited any more keeps no process alive.
      timer.unref();
      const gone = () => reject(new Error(`${this.name} ended before ${kind}`));
      this.process.once('exit', gone);
      if (this.ended) gone();
      this.waiting.set(kind, (message) => {
        clearTimeout(timer);
        this.process.off('exit', gone);
        resolve(message as Extract<From, { kind: Kind }>);
      });
    });
  }

  async ask<Kind extends From['kind']>(message: To, kind: Kind, timeoutMs = ANSWER_TIMEOUT_MS) {
    const answer = this.hear(kind, timeoutMs);
    this.say(message);
    return await answer;
  }

  async end(): Promise<void> {
    if (this.ended) return;
    const exit = new Promise<void>((resolve) => {
      this.process.once('exit', () => resolve());
    });
    this.process.kill('SIGKILL');
    await exit;
  }
}

/** A server with its clients, connected and walking. */
export class Stage {
  readonly server: Child<FromServer, ToServer>;
  readonly clients: Child<FromClients, ToClients>;
  private readonly scenario: Scenario;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    this.server = new Child('server-process.ts', scenario, SERVER_CORE);
    this.clients = new Child('client-process.ts', scenario, CLIENT_CORE);
  }

  async open(): Promise<void> {
    const { port, paths } = await this.server.hear('listening', CONNECT_TIMEOUT_MS);
    const connected = this.clients.hear('connected', CONNECT_TIMEOUT_MS);
    const failed = this.clients.hear('failed', CONNECT_TIMEOUT_MS * 2).then(({ why }) => {
      throw new Error(why);
    });
    this.clients.say({ kind: 'connect', port, paths });
    failed.catch(() => {});
    await Promise.race([connected, failed]);
  }

  async measure(measureMs: number): Promise<Row> {
    const { scenario, server, clients } = this;
    await Promise.all([server.ask('begin', 'begun'), clients.ask({ kind: 'begin' }, 'begun')]);
    const watched = watchCpu([
      { name: 'server', pid: server.pid },
      { name: 'clients', pid: clients.pid },
      { name: 'bench', pid: process.pid },
    ]);
    await sleep(measureMs);
    const use = watched();
    const [ofClients, ofServer] = await Promise.all([
      clients.ask({ kind: 'end' }, 'measured'),
      server.ask('end', 'measured'),
    ]);
    const foreignShare = use ? use.foreignCores / use.cores : Number.NaN;
    const clientCpuShare = ofClients.cpuMs / 1_000 / ofClients.seconds;
    const cpuUs = (ofServer.cpuUserMs + ofServer.cpuSystemMs) * 1_000;
    return {
      scenario,
      server: ofServer,
      clients: ofClients,
      usPerClientTick: cpuUs / (ofServer.ticks * scenario.players),
      foreignShare,
      clientCpuShare,
      faults: faultsOf(ofServer, ofClients),
      disturbances: [
        ...(areClientsAtLimit({ clientCpuShare }) ? ['clients at their limit'] : []),
        ...(foreignShare > limits.foreignShare ? ['busy machine'] : []),
      ],
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.server.end(), this.clients.end()]);
  }
}

function faultsOf(server: ServerMeasurement, clients: ClientMeasurement): string[] {
  const ticksPerSecond = server.ticks / server.seconds;
  return [
    ...(server.workP99Ms < limits.workP99Ms ? [] : [`p99 ${server.workP99Ms.toFixed(0)} ms`]),
    ...(ticksPerSecond >= limits.ticksPerSecond ? [] : [`${ticksPerSecond.toFixed(1)} ticks/s`]),
    ...(clients.framesP1 >= limits.framesP1PerSecond ? [] : [`slowest clients ${clients.framesP1.toFixed(1)}/s`]),
    ...(clients.dropped === 0 ? [] : [`${clients.dropped} dropped`]),
    ...(server.gateway?.lostWrites ? [`${server.gateway.lostWrites} writes met a full ring`] : []),
    ...(server.gateway?.lostMessages ? [`${server.gateway.lostMessages} messages met a full ring`] : []),
  ];
}

/** Connects, warms up and measures once. */
export async function runRound(scenario: Scenario, { warmUpMs, measureMs }: Timing): Promise<Row | Failure> {
  const stage = new Stage(scenario);
  try {
    await stage.open();
    await sleep(warmUpMs);
    return await stage.measure(measureMs);
  } catch (cause) {
    return { scenario, failed: cause instanceof Error ? cause.message : String(cause) };
  } finally {
    await stage.close();
  }
}
