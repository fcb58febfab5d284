import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '#scripts/journey/until.ts';
import type { RunningAddresses } from '#scripts/local/cloud.ts';
import { descendantsOf, end, isAlive } from './processes.ts';

const START_TIMEOUT_MS = 120_000;
const END_TIMEOUT_MS = 30_000;

export interface CloudProcessOptions {
  readonly root: string;
  /** Where its data stays from start to start. */
  readonly dataDir: string;
  readonly portBase: number;
}

/** A local cloud as a process of its own, which can be killed at any moment and started again on the same data. */
export class CloudProcess {
  private readonly options: CloudProcessOptions;
  private child: ChildProcess | undefined;
  private running: RunningAddresses | undefined;
  /** How far its clock has been moved: it must not go back when another process takes over. */
  private offsetMs = 0;

  constructor(options: CloudProcessOptions) {
    this.options = options;
  }

  /** Where it is now. @throws Error while it is not running. */
  get addresses(): RunningAddresses {
    if (!this.running) throw new Error('the local cloud is not running');
    return this.running;
  }

  /** Port of its Postgres, as that has written down itself. */
  get postgresPort(): number {
    const lines = readFileSync(join(this.options.dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[3]);
  }

  /** Now, by its clock. */
  get nowMs(): number {
    return Date.now() + this.offsetMs;
  }

  get logFile(): string {
    return join(this.options.dataDir, '..', 'cloud.log');
  }

  /** @throws Error with the end of its output when it does not come up. */
  async start(): Promise<void> {
    const { root, dataDir, portBase } = this.options;
    const file = join(dataDir, 'running.json');
    rmSync(file, { force: true });
    const log = openSync(this.logFile, 'a');
    const script = join(root, 'scripts/local/main.ts');
    const flags = ['--data-dir', dataDir, '--port-base', String(portBase), '--no-fleet'];
    const child = spawn(process.execPath, [script, ...flags], {
      cwd: root,
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.child = child;
    const read = (): RunningAddresses | undefined => {
      if (child.exitCode !== null) throw new Error(`the local cloud ended: ${this.lastWords()}`);
      try {
        const addresses = JSON.parse(readFileSync(file, 'utf8')) as RunningAddresses;
        return addresses.pid === child.pid ? addresses : undefined;
      } catch {
        return undefined;
      }
    };
    this.running = await until('the local cloud to start', read, START_TIMEOUT_MS).catch((cause: unknown) => {
      throw new Error(`${String(cause)}: ${this.lastWords()}`, { cause });
    });
    if (this.offsetMs > 0) await this.control('/_local/clock', { advanceMs: this.offsetMs });
  }

  private lastWords(): string {
    return readFileSync(this.logFile, 'utf8').slice(-2_000);
  }

  /** Lets time pass. */
  async advance(ms: number): Promise<void> {
    await this.control('/_local/clock', { advanceMs: ms });
    this.offsetMs += ms;
  }

  /** Runs a scheduled function now. @throws Error when it fails. */
  async runSchedule(partOfName: string): Promise<void> {
    const response = await fetch(`${this.addresses.controlUrl}/_local/schedules`);
    const { schedules } = (await response.json()) as { schedules: readonly { readonly name: string }[] };
    const schedule = schedules.find(({ name }) => name.includes(partOfName));
    if (!schedule) throw new Error(`there is no schedule like ${partOfName}`);
    await this.control(`/_local/schedules/${encodeURIComponent(schedule.name)}/run`, {});
  }

  private async control(path: string, body: unknown): Promise<void> {
    const response = await fetch(this.addresses.controlUrl + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok || text.includes('functionError')) throw new Error(`${path} answered ${response.status} ${text}`);
  }

  /**
   * Takes aim: what it answers strikes at once, without looking for anybody first.
   *
   * It is SIGKILL, in the midst of whatever the cloud does: to it with all its functions, and with `stores` to Postgres
   * and DynamoDB Local as well, which are otherwise stopped by losing it. Returns when all of them have ended.
   */
  aim({ stores }: { readonly stores: boolean }): () => Promise<void> {
    const pid = this.child!.pid!;
    const all = [pid, ...descendantsOf(pid).map((one) => one.pid)];
    return async () => {
      for (const one of stores ? all : [pid]) end(one);
      this.running = undefined;
      this.child = undefined;
      await until('everything of the local cloud to end', () => (all.some(isAlive) ? undefined : true), END_TIMEOUT_MS);
    };
  }

  /** SIGSTOP to the cloud with all its functions, not to its stores: nothing of it happens any more until it is killed. */
  freeze(): void {
    process.kill(this.child!.pid!, 'SIGSTOP');
  }

  /** As Ctrl-C does. */
  async stop(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null) return;
    const all = [child.pid!, ...descendantsOf(child.pid!).map((one) => one.pid)];
    child.kill('SIGTERM');
    await until('the local cloud to stop', () => (all.some(isAlive) ? undefined : true), END_TIMEOUT_MS).catch(() =>
      all.forEach(end),
    );
    this.child = undefined;
  }
}
