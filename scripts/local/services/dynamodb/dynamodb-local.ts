import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureProgram } from '#scripts/system-program.ts';
import { Child } from '../child-process.ts';
import { freePort } from '../free-port.ts';
import { java } from './java.ts';

const READY_TIMEOUT_MS = 30_000;
const READY_POLL_MS = 50;
const OUTPUT_KEPT = 4_000;

export interface DynamoDbLocalOptions {
  /** Nothing touches the disk; else `dbPath` is needed. */
  readonly inMemory?: boolean;
  /** Folder of the database file; made when it lacks. */
  readonly dbPath?: string;
  /** Wished port; another free one is taken when it is not free. */
  readonly port?: number;
  /** Upper bound of the Java heap. */
  readonly heapMb?: number;
  readonly say?: (line: string) => void;
}

export interface DynamoDbLocal {
  /** `http://127.0.0.1:<port>`; any region and credentials see the same tables. */
  readonly endpoint: string;
  readonly port: number;
  /** Settles when the process has ended, asked or not. */
  readonly exited: Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * Starts AWS's own DynamoDB Local and returns once it answers. It ends with this process, also when this process is
 * killed. Throws with the tail of its output when it does not come up.
 */
export async function startDynamoDbLocal(options: DynamoDbLocalOptions): Promise<DynamoDbLocal> {
  if (!options.inMemory && options.dbPath === undefined) throw new Error('DynamoDB Local needs inMemory or a dbPath');
  const command = await ensureProgram(java, options.say ? { say: options.say } : {});
  const folder = emulatorFolder();
  const port = await freePort(options.port);
  if (options.dbPath !== undefined) mkdirSync(options.dbPath, { recursive: true });
  let output = '';
  const child = new Child({
    command,
    args: [
      `-Xmx${options.heapMb ?? 384}m`,
      // It lives for minutes: the quick compiler alone halves its start and its CPU time.
      '-XX:TieredStopAtLevel=1',
      '-XX:+UseSerialGC',
      `-Djava.library.path=${join(folder, 'DynamoDBLocal_lib')}`,
      '-jar',
      join(folder, 'DynamoDBLocal.jar'),
      '-sharedDb',
      '-disableTelemetry',
      ...(options.inMemory ? ['-inMemory'] : ['-dbPath', options.dbPath!]),
      '-port',
      String(port),
    ],
    cwd: folder,
    onOutput: (text) => {
      output = (output + text).slice(-OUTPUT_KEPT);
    },
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const deadlineMs = performance.now() + READY_TIMEOUT_MS;
  while (!(await answers(endpoint))) {
    if (!child.running || performance.now() > deadlineMs) {
      await child.stop();
      throw new Error(`DynamoDB Local did not start on port ${port}:\n${output}`);
    }
    await delay(READY_POLL_MS);
  }
  return {
    endpoint,
    port,
    exited: child.exited,
    stop: async () => {
      await child.stop();
    },
  };
}

/** Where the npm package that carries DynamoDB Local has put it. */
function emulatorFolder(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve('amplify-dynamodb-simulator/package.json')), 'emulator');
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(1_000) });
    await response.arrayBuffer();
    return response.status === 400;
  } catch {
    return false;
  }
}
