import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { zoneProcessFlags } from '#fleet/node-flags.ts';
import { freePort } from '#scripts/local/services/free-port.ts';

const READY_POLL_MS = 50;
const READY_TIMEOUT_MS = 60_000;

export interface FleetProcessOptions {
  /** The fleet's bundle. */
  readonly entry: string;
  readonly shardId: string;
  readonly logFile: string;
  /** What it is told besides its name and addresses. */
  readonly env: Readonly<Record<string, string>>;
}

/** Processes under way: none of them outlives this one. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** One real process of the zone fleet, to be struck at any moment. */
export class StruckFleet {
  readonly shardId: string;
  private readonly options: FleetProcessOptions;
  private child: ChildProcess | undefined;
  private port = 0;

  constructor(options: FleetProcessOptions) {
    this.options = options;
    this.shardId = options.shardId;
  }

  /** Resolves when it takes players. */
  async start(): Promise<void> {
    const { entry, shardId, logFile, env } = this.options;
    this.port = await freePort();
    const log = openSync(logFile, 'a');
    const own = { SHARD_ID: shardId, PORT: String(this.port), PUBLIC_URL: `ws://127.0.0.1:${this.port}` };
    this.child = spawn(process.execPath, [...zoneProcessFlags, entry], {
      env: { PATH: process.env.PATH ?? '', ...env, ...own },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const { child } = this;
    running.add(child);
    child.once('exit', () => running.delete(child));
    const deadlineMs = performance.now() + READY_TIMEOUT_MS;
    while ((await this.ask('/health')) === undefined) {
      if (this.child.exitCode !== null || performance.now() > deadlineMs)
        throw new Error(`${shardId} did not come up: see ${logFile}`);
      await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
    }
  }

  /** Whether its process runs; one that is stopped does not count as gone. */
  get isThere(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Units that it says it runs. */
  async units(): Promise<readonly string[]> {
    const health = await this.ask('/health');
    return health ? (JSON.parse(health) as { zones: readonly string[] }).zones : [];
  }

  /** Lives of units that ended because the stores refused it as their owner, so far. */
  async refusals(): Promise<number> {
    const line = (await this.ask('/metrics'))?.split('\n').find((one) => /^\w*fenced_total /.test(one));
    return Number(line?.split(' ').at(-1) ?? 0);
  }

  private async ask(path: string): Promise<string | undefined> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.port}${path}`, { signal: AbortSignal.timeout(2_000) });
      return response.ok ? await response.text() : undefined;
    } catch {
      return undefined;
    }
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    const { child } = this;
    if (!child || !this.isThere) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }
}
