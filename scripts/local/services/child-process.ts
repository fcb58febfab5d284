import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Runs the command as a job beside a watcher of our stdin pipe: when we die, even by SIGKILL, the pipe closes and the
 * command gets its stop signal. The shell's exit status is the command's.
 */
const watchdogScript =
  'exec 3<&0; signal=$1; shift; "$@" </dev/null 3<&- & job=$!; (read -r _ <&3; kill -s "$signal" $job) 2>/dev/null & exec 3<&-; wait $job';

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Standard output and error go here, appended; unset: thrown away but for what `onOutput` sees. */
  readonly logFile?: string;
  /** Sees every chunk of output; only without `logFile`. */
  readonly onOutput?: (text: string) => void;
  /** What asks the command to stop. */
  readonly stopSignal?: 'TERM' | 'INT';
  /** How long it may take to stop before it is killed. */
  readonly graceMs?: number;
  readonly uid?: number;
  readonly gid?: number;
}

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * A child process that never outlives us and that Ctrl-C in our terminal does not reach: it has its own process group,
 * so that services stop in the order we choose.
 */
export class Child {
  readonly #process: ChildProcess;
  readonly #graceMs: number;
  /** Settles once, when the process has ended or could not be started. */
  readonly exited: Promise<ChildExit>;
  #ended = false;

  constructor(options: ChildOptions) {
    this.#graceMs = options.graceMs ?? 5_000;
    const log = options.logFile === undefined ? undefined : openLog(options.logFile);
    const output = log ?? (options.onOutput ? 'pipe' : 'ignore');
    this.#process = spawn(
      '/bin/sh',
      ['-c', watchdogScript, 'sh', options.stopSignal ?? 'TERM', options.command, ...options.args],
      {
        stdio: ['pipe', output, output],
        detached: true,
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        ...(options.env === undefined ? {} : { env: options.env }),
        ...(options.uid === undefined ? {} : { uid: options.uid }),
        ...(options.gid === undefined ? {} : { gid: options.gid }),
      },
    );
    if (log !== undefined) closeSync(log);
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => options.onOutput?.(text));
    }
    this.#process.stdin?.on('error', () => undefined);
    this.exited = new Promise((resolve) => {
      const end = (exit: ChildExit): void => {
        this.#ended = true;
        this.#process.stdin?.destroy();
        resolve(exit);
      };
      this.#process.once('exit', (code, signal) => end({ code, signal }));
      this.#process.once('error', () => end({ code: 127, signal: null }));
    });
  }

  get running(): boolean {
    return !this.#ended;
  }

  /** Asks it to stop, waits, and kills it with all its descendants when the grace is over. Safe to call again. */
  async stop(): Promise<ChildExit> {
    if (!this.#ended) this.#process.stdin?.end();
    const killer = setTimeout(() => this.kill(), this.#graceMs);
    try {
      return await this.exited;
    } finally {
      clearTimeout(killer);
    }
  }

  /** SIGKILL to the whole process group, at once. */
  kill(): void {
    if (this.#ended || this.#process.pid === undefined) return;
    try {
      process.kill(-this.#process.pid, 'SIGKILL');
    } catch {
      // The group ended between the check and the call.
    }
  }
}

function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  return openSync(path, 'a');
}
