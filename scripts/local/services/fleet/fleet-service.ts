import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { LocalService } from '../../service.ts';
import { Child } from '../child-process.ts';

const HEALTHY_TIMEOUT_MS = 30_000;
const HEALTH_POLL_MS = 100;
const FIRST_RESTART_MS = 500;
const LONGEST_RESTART_MS = 10_000;
/** A process that ran this long begins with a short pause again. */
const STABLE_MS = 60_000;
/** ECS gives minutes; a developer who stops the cloud does not want to wait. */
const STOP_GRACE_MS = 8_000;
const LOG_TAIL = 2_000;

/** One container of an ECS service, as its task definition describes it. */
export interface FleetShardSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Everything that the process sees, ports and addresses already local. */
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  readonly healthPath: string;
  /** Where players reach it. */
  readonly publicUrl: string;
}

export interface FleetServiceOptions {
  readonly shard: FleetShardSpec;
  readonly logFile: string;
  readonly onFailure?: (message: string) => void;
}

/** A zone process like ECS keeps it: started, watched, started again after a crash, asked to drain at the end. */
export class FleetService implements LocalService {
  readonly name: string;
  readonly #options: FleetServiceOptions;
  #child: Child | undefined;
  #stopping = new AbortController();
  #watching: Promise<void> | undefined;

  constructor(options: FleetServiceOptions) {
    this.name = `Fleet ${options.shard.name}`;
    this.#options = options;
  }

  get publicUrl(): string {
    return this.#options.shard.publicUrl;
  }

  /** Resolves when the health path answers 200. */
  async start(): Promise<void> {
    const { shard, logFile } = this.#options;
    const script = shard.args.find((argument) => /\.m?js$/.test(argument));
    if (script !== undefined && !existsSync(script))
      throw new Error(`The fleet's bundle ${script} is missing: run "npm run build"`);
    this.#stopping = new AbortController();
    this.#spawn();
    const deadlineMs = performance.now() + HEALTHY_TIMEOUT_MS;
    while (!(await this.#healthy())) {
      if (this.#child?.running && performance.now() < deadlineMs) {
        await delay(HEALTH_POLL_MS);
        continue;
      }
      await this.stop();
      throw new Error(`${this.name} did not become healthy; the end of ${logFile}:\n${tailOf(logFile)}`);
    }
    this.#watching = this.#watch();
  }

  /** SIGTERM, and SIGKILL when the grace is over. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const child = this.#child;
    this.#child = undefined;
    await child?.stop();
    await this.#watching;
  }

  #spawn(): void {
    const { shard, logFile } = this.#options;
    this.#child = new Child({
      command: shard.command,
      args: shard.args,
      env: { ...shard.env },
      logFile,
      graceMs: STOP_GRACE_MS,
    });
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    let pauseMs = FIRST_RESTART_MS;
    while (!signal.aborted) {
      const startedAtMs = performance.now();
      const exit = await this.#child?.exited;
      if (signal.aborted) return;
      if (performance.now() - startedAtMs > STABLE_MS) pauseMs = FIRST_RESTART_MS;
      this.#options.onFailure?.(
        `${this.name} ended (${exit?.signal ?? `exit ${exit?.code}`}): starting it again in ${pauseMs} ms`,
      );
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      pauseMs = Math.min(2 * pauseMs, LONGEST_RESTART_MS);
      if (!signal.aborted) this.#spawn();
    }
  }

  async #healthy(): Promise<boolean> {
    const { port, healthPath } = this.#options.shard;
    try {
      const response = await fetch(`http://127.0.0.1:${port}${healthPath}`, { signal: AbortSignal.timeout(1_000) });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    }
  }
}

function tailOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').slice(-LOG_TAIL) : '(no output)';
}
