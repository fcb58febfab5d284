import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { Child } from '../child-process.ts';
import { canReach, postgresBinaries, type ServerUser, serverUser } from './postgres-binaries.ts';

const run = promisify(execFile);
const READY_TIMEOUT_MS = 20_000;
const INITDB_TIMEOUT_MS = 60_000;
const POLL_MS = 25;
const OUTPUT_KEPT = 4_000;

export interface PostgresServerOptions {
  readonly port: number;
  /** Folder of the database cluster; made at the first start. */
  readonly dataDir: string;
  readonly logFile?: string | undefined;
}

/**
 * A real Postgres on the loopback. It trusts every local connection, whatever password it brings: IAM tokens work as on
 * AWS. It ends with this process, and starts again after it was killed.
 */
export class PostgresServer {
  readonly #options: PostgresServerOptions;
  readonly #user: ServerUser | undefined = serverUser();
  /** Where the cluster really lies: `dataDir`, or a folder outside when the server's user cannot reach that. */
  readonly dataDir: string;
  readonly #outside: string;
  #child: Child | undefined;

  constructor(options: PostgresServerOptions) {
    this.#options = options;
    const wished = resolve(options.dataDir);
    this.#outside = join('/var/tmp', `necpgame-${createHash('sha256').update(wished).digest('hex').slice(0, 12)}`);
    mkdirSync(dirname(wished), { recursive: true });
    if (canReach(wished, this.#user)) {
      this.dataDir = wished;
      return;
    }
    this.dataDir = join(this.#outside, 'data');
    // Whoever deletes the wished folder means the data, wherever it lies.
    if (!existsSync(wished)) rmSync(this.#outside, { recursive: true, force: true });
    mkdirSync(wished, { recursive: true });
    writeFileSync(
      join(wished, 'MOVED.txt'),
      `The server's user cannot reach this folder: the data lies in ${this.dataDir}\n`,
    );
  }

  /** Name of the cluster's own superuser. */
  static readonly superuser = 'postgres';

  connectionString(database = 'postgres'): string {
    return `postgres://${PostgresServer.superuser}@127.0.0.1:${this.#options.port}/${database}`;
  }

  async start(): Promise<void> {
    const binaries = await postgresBinaries(this.#user, this.#outside);
    if (!existsSync(join(this.dataDir, 'PG_VERSION'))) await this.#initialise(binaries.initdb);
    const hasCrashed = await this.#clearStaleLock();
    const deadlineMs = performance.now() + READY_TIMEOUT_MS;
    for (;;) {
      const output = this.#spawn(binaries.postgres);
      while (this.#child?.running && performance.now() < deadlineMs) {
        if (await this.#answers()) return;
        await delay(POLL_MS);
      }
      await this.stop();
      // The workers of a server that was killed hold its shared memory until they have noticed.
      if (hasCrashed && performance.now() < deadlineMs) continue;
      throw new Error(`Postgres did not start on port ${this.#options.port}:\n${output()}`);
    }
  }

  /** Starts the server's process; what it says can be asked for. */
  #spawn(command: string): () => string {
    const { port, logFile } = this.#options;
    const settings = [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      // A killed process loses nothing without fsync; only a machine that loses power does.
      'fsync=off',
      'max_connections=200',
    ];
    let output = '';
    const onOutput = (text: string) => {
      output = (output + text).slice(-OUTPUT_KEPT);
    };
    this.#child = new Child({
      command,
      args: ['-D', this.dataDir, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
      cwd: '/',
      env: { ...process.env, LC_MESSAGES: 'C' },
      stopSignal: 'INT',
      graceMs: 8_000,
      ...(logFile === undefined ? { onOutput } : { logFile }),
      ...this.#user,
    });
    return () => (logFile === undefined ? output : `see ${logFile}`);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    await child?.stop();
  }

  /** Deletes the stopped server's data. */
  remove(): void {
    for (const folder of [this.dataDir, this.#outside]) rmSync(folder, { recursive: true, force: true });
  }

  /** As a crash would: no clean shutdown. */
  async kill(): Promise<void> {
    this.#child?.kill();
    await this.#child?.exited;
    this.#child = undefined;
  }

  /** Into a folder beside, which takes its place when it is whole: an interrupted start leaves nothing half made. */
  async #initialise(initdb: string): Promise<void> {
    const unfinished = `${this.dataDir}.new`;
    for (const folder of [unfinished, this.dataDir]) rmSync(folder, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    chmodSync(unfinished, 0o700);
    if (this.#user) chownSync(unfinished, this.#user.uid, this.#user.gid);
    const args = [
      '-D',
      unfinished,
      '--auth=trust',
      `--username=${PostgresServer.superuser}`,
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
      '--no-instructions',
    ];
    await run(initdb, args, {
      timeout: INITDB_TIMEOUT_MS,
      cwd: '/',
      env: { ...process.env, LC_ALL: 'C' },
      ...this.#user,
    });
    renameSync(unfinished, this.dataDir);
  }

  /** After a crash the lock file names a process that is gone, or by now another one: only our server is waited for. */
  async #clearStaleLock(): Promise<boolean> {
    const lock = join(this.dataDir, 'postmaster.pid');
    if (!existsSync(lock)) return false;
    const pid = Number(readFileSync(lock, 'utf8').split('\n')[0]);
    const deadlineMs = performance.now() + READY_TIMEOUT_MS;
    while (isServerOf(pid, this.dataDir)) {
      if (performance.now() > deadlineMs)
        throw new Error(`Another Postgres (process ${pid}) uses ${this.dataDir}: stop the other local cloud first`);
      await delay(POLL_MS);
    }
    rmSync(lock, { force: true });
    return true;
  }

  async #answers(): Promise<boolean> {
    const client = new Client({ connectionString: this.connectionString(), connectionTimeoutMillis: 1_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

function isServerOf(pid: number, dataDir: string): boolean {
  if (!(pid > 0)) return false;
  try {
    if (existsSync('/proc/self/cmdline')) return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dataDir);
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).includes(dataDir);
  } catch {
    return false;
  }
}
