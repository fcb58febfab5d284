import { Worker } from 'node:worker_threads';
import type { InvokeResult } from '../service.ts';
import type { FunctionConfig } from './function-config.ts';

export interface EnvironmentOptions {
  readonly clockOffset: SharedArrayBuffer;
  /** Endpoints, region and credentials, beneath the function's own variables. */
  readonly sdkEnvironment: Readonly<Record<string, string>>;
  readonly compileCacheDir: string;
  /** One line of the function's output. */
  onLog(line: string): void;
  /** The thread is gone, asked or not. */
  onExit(): void;
}

export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
}

type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'init-failed'; readonly error: FunctionError }
  | { readonly kind: 'done'; readonly requestId: string; readonly resultJson: string }
  | { readonly kind: 'failed'; readonly requestId: string; readonly error: FunctionError };

/** Lambda's limit for the event and for the answer of a synchronous invocation. */
export const PAYLOAD_LIMIT_BYTES = 6 * 1024 * 1024;

/** Import and top-level code must be done by then, as on Lambda. */
const INIT_LIMIT_MS = 10_000;

const SHIM = new URL('./worker-shim.mjs', import.meta.url);

/**
 * One execution environment: a worker thread with the function's own variables, which runs one event at a time. A
 * timeout or an error outside the handler ends it, and only it; the host then starts another.
 */
export class ExecutionEnvironment {
  readonly id: string;
  readonly config: FunctionConfig;
  /** Resolves when the bundle has been imported, with the error when that failed; the environment is then ending. */
  readonly ready: Promise<FunctionError | undefined>;
  lastUsedAtMs = 0;
  private readonly worker: Worker;
  private readonly options: EnvironmentOptions;
  private settle: ((result: InvokeResult) => void) | undefined;
  private setReady!: (failure: FunctionError | undefined) => void;
  private exited = false;

  constructor(config: FunctionConfig, id: string, options: EnvironmentOptions) {
    this.config = config;
    this.id = id;
    this.options = options;
    const slowStart = setTimeout(() => {
      this.die({ errorType: 'Sandbox.Timedout', errorMessage: 'The function took too long to start' });
    }, INIT_LIMIT_MS);
    this.ready = new Promise((resolve) => {
      this.setReady = (failure) => {
        clearTimeout(slowStart);
        resolve(failure);
      };
    });
    this.worker = new Worker(SHIM, {
      name: config.name,
      stdout: true,
      stderr: true,
      execArgv: [],
      env: environmentOf(config, id, options.sdkEnvironment),
      workerData: {
        moduleFile: config.moduleFile,
        exportName: config.exportName,
        functionName: config.name,
        functionArn: config.arn,
        memoryMb: config.memoryMb,
        clockOffset: options.clockOffset,
        compileCacheDir: options.compileCacheDir,
      },
      resourceLimits: { maxOldGenerationSizeMb: config.memoryMb, maxYoungGenerationSizeMb: 4 },
    });
    this.worker.on('message', (message: FromWorker) => this.receive(message));
    this.worker.on('error', (error: Error) => {
      this.options.onLog(`${error.stack ?? error.message}`);
      this.die({ errorType: `Runtime.${error.name}`, errorMessage: error.message });
    });
    this.worker.on('exit', (code) => {
      this.exited = true;
      this.die({ errorType: 'Runtime.ExitError', errorMessage: `The runtime exited with status ${code}` });
      this.options.onExit();
    });
    for (const stream of [this.worker.stdout, this.worker.stderr]) {
      let rest = '';
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) this.options.onLog(line);
      });
    }
  }

  get alive(): boolean {
    return !this.exited;
  }

  /** Runs one event to its end. The caller waits for `ready` first, and has one run at a time. */
  async invoke(requestId: string, eventJson: string): Promise<InvokeResult> {
    const { timeoutMs, arn } = this.config;
    let timer: NodeJS.Timeout | undefined;
    const result = await new Promise<InvokeResult>((resolve) => {
      this.settle = resolve;
      if (this.exited) {
        this.die({ errorType: 'Runtime.ExitError', errorMessage: 'The runtime had exited' });
        return;
      }
      timer = setTimeout(() => {
        this.die({ errorType: 'Sandbox.Timedout', errorMessage: `Task timed out after ${timeoutMs / 1_000} seconds` });
      }, timeoutMs);
      this.worker.postMessage({ requestId, eventJson, deadlineMs: Date.now() + timeoutMs, invokedArn: arn });
    });
    clearTimeout(timer);
    return result;
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }

  private receive(message: FromWorker): void {
    if (message.kind === 'ready') this.setReady(undefined);
    else if (message.kind === 'init-failed') this.die(message.error);
    else if (message.kind === 'failed') this.finish({ functionError: message.error });
    else if (Buffer.byteLength(message.resultJson) > PAYLOAD_LIMIT_BYTES) {
      this.finish({
        functionError: {
          errorType: 'Function.ResponseSizeTooLarge',
          errorMessage: `Response payload size exceeded maximum allowed payload size (${PAYLOAD_LIMIT_BYTES} bytes).`,
        },
      });
    } else this.finish({ payload: JSON.parse(message.resultJson) });
  }

  private die(functionError: FunctionError): void {
    this.setReady(functionError);
    this.finish({ functionError });
    if (!this.exited) void this.worker.terminate();
  }

  private finish(result: InvokeResult): void {
    this.settle?.(result);
    this.settle = undefined;
  }
}

function environmentOf(
  config: FunctionConfig,
  id: string,
  sdkEnvironment: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...sdkEnvironment,
    ...config.environment,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: config.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${config.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: id,
    LAMBDA_TASK_ROOT: config.moduleFile.slice(0, config.moduleFile.lastIndexOf('/')),
    _HANDLER: `index.${config.exportName}`,
  };
}
