import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { InvokeLambda, InvokeResult, LocalService } from '../service.ts';
import { ExecutionEnvironment, PAYLOAD_LIMIT_BYTES } from './environment.ts';
import type { FunctionConfig } from './function-config.ts';
import { createMachineGauge, type MachineGauge } from './machine-gauge.ts';

export interface LambdaHostOptions {
  readonly functions: readonly FunctionConfig[];
  readonly clockOffset: SharedArrayBuffer;
  readonly sdkEnvironment: Readonly<Record<string, string>>;
  readonly compileCacheDir: string;
  log(functionName: string, line: string): void;
  /** Environments of all functions together: about 35 MB each. */
  readonly maxEnvironments?: number;
  /** Above this size of the whole process an environment gives way for each new one. */
  readonly memoryLimitMb?: number;
  /** Environments of one function, when it reserves fewer or none. */
  readonly maxPerFunction?: number;
  readonly gauge?: MachineGauge;
}

export interface LambdaHost extends LocalService {
  readonly invoke: InvokeLambda;
  /** How many environments live now, and how many events wait for one. */
  status(): { readonly environments: number; readonly busy: number; readonly waiting: number };
}

/** Events that may wait for an environment; further ones are refused as throttled. */
const MAX_WAITING = 2_000;
/** So many environments may live whatever the process's size: it may have other reasons to be large. */
const ALWAYS_ALLOWED = 8;
/** How long events have waited before it is asked whether a further environment would help. */
const LOOK_AFTER_MS = 200;
/**
 * A start costs as much CPU as a dozen events, so a further environment helps only where processors idle: a function whose
 * events wait for its stores gets one then. Started as soon as events waited, whatever the processors did, twenty players
 * at once cost more in starts than in events; never started, a thousand sockets came back at half the pace.
 */
const IDLE_SHARE_TO_GROW = 0.15;
/** On a busy machine too, so that events that take long hold up no others. */
const GROW_AFTER_MS = 1_500;
/** An environment gives way to a *further* one of another function only when it has been idle for so long. */
const UNUSED_MS = 5_000;

interface Waiting {
  readonly requestId: string;
  readonly eventJson: string;
  readonly sinceMs: number;
  resolve(result: InvokeResult): void;
}

interface HostedFunction {
  readonly config: FunctionConfig;
  readonly idle: ExecutionEnvironment[];
  readonly waiting: Waiting[];
  environments: number;
  starting: number;
  busy: number;
  growTimer: NodeJS.Timeout | undefined;
}

/**
 * Runs bundles as Lambda would: each environment runs one event at a time, more are started while all are busy, and
 * the longest idle one gives way when the host is full. Reserved concurrency is refused beyond (`throttled`); without
 * it events wait for their turn, where AWS would start further environments. Frozen background work between
 * invocations is not simulated: timers of an idle environment keep running.
 */
export function createLambdaHost(options: LambdaHostOptions): LambdaHost {
  const { maxEnvironments = 20, memoryLimitMb = 800, maxPerFunction = 4, gauge = createMachineGauge() } = options;
  const maxStarting = Math.max(2, availableParallelism());
  const functions = new Map<string, HostedFunction>();
  for (const config of options.functions) {
    const hosted: HostedFunction = {
      config,
      idle: [],
      waiting: [],
      environments: 0,
      starting: 0,
      busy: 0,
      growTimer: undefined,
    };
    functions.set(config.name, hosted).set(config.arn, hosted);
  }
  const live = new Set<ExecutionEnvironment>();
  const all = [...new Set(functions.values())];
  let starting = 0;
  let stopped = false;

  const hostedBy = (nameOrArn: string): HostedFunction => {
    const bare = nameOrArn.startsWith('arn:') ? nameOrArn.split(':').slice(0, 7).join(':') : nameOrArn.split(':')[0]!;
    const hosted = functions.get(bare);
    if (!hosted) throw new Error(`There is no function ${nameOrArn}`);
    return hosted;
  };

  const limitOf = ({ config }: HostedFunction) =>
    Math.min(config.reservedConcurrency ?? maxPerFunction, maxPerFunction);

  const start = (hosted: HostedFunction): void => {
    const id = `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${randomUUID().replaceAll('-', '')}`;
    const shortId = id.slice(-6);
    const environment = new ExecutionEnvironment(hosted.config, id, {
      clockOffset: options.clockOffset,
      sdkEnvironment: options.sdkEnvironment,
      compileCacheDir: options.compileCacheDir,
      onLog: (line) => options.log(hosted.config.name, `${shortId} ${line}`),
      onExit: () => {
        live.delete(environment);
        hosted.environments--;
        const index = hosted.idle.indexOf(environment);
        if (index >= 0) hosted.idle.splice(index, 1);
        pumpAll();
      },
    });
    live.add(environment);
    hosted.environments++;
    hosted.starting++;
    starting++;
    void environment.ready.then((failure) => {
      hosted.starting--;
      starting--;
      if (failure) {
        const event = hosted.waiting.shift();
        if (event) finish(hosted, environment, event, { functionError: failure });
      } else hosted.idle.push(environment);
      pumpAll();
    });
  };

  /** Makes room by ending the environment that has been idle longest; false when none has been for so long. */
  const evict = (idleForMs: number): boolean => {
    let oldest: ExecutionEnvironment | undefined;
    let owner: HostedFunction | undefined;
    for (const hosted of all) {
      const candidate = hosted.idle[0];
      if (candidate && (!oldest || candidate.lastUsedAtMs < oldest.lastUsedAtMs)) [oldest, owner] = [candidate, hosted];
    }
    if (!oldest || !owner || performance.now() - oldest.lastUsedAtMs < idleForMs) return false;
    owner.idle.shift();
    void oldest.stop();
    return true;
  };

  const isFull = () =>
    live.size >= maxEnvironments || (live.size >= ALWAYS_ALLOWED && gauge.residentBytes() > memoryLimitMb * 1e6);

  const mayStart = (hosted: HostedFunction) =>
    hosted.starting === 0 && starting < maxStarting && hosted.environments < limitOf(hosted);

  /** Starts an environment where one is missing. Whichever is free first then takes the event. */
  const grow = (hosted: HostedFunction): void => {
    if (!mayStart(hosted)) return;
    if (hosted.environments === 0) {
      if (!isFull() || evict(0)) start(hosted);
    } else if (!hosted.growTimer) {
      const idleShare = gauge.watchIdle();
      hosted.growTimer = setTimeout(() => {
        hosted.growTimer = undefined;
        growFurther(hosted, idleShare());
      }, LOOK_AFTER_MS);
    }
  };

  /** Some time after events began to wait: a further environment, if it helps; else the next look. */
  const growFurther = (hosted: HostedFunction, idleShare: number): void => {
    const waitedMs = performance.now() - (hosted.waiting[0]?.sinceMs ?? Number.POSITIVE_INFINITY);
    const helps = waitedMs >= GROW_AFTER_MS || (waitedMs >= LOOK_AFTER_MS / 2 && idleShare >= IDLE_SHARE_TO_GROW);
    if (helps && mayStart(hosted) && (!isFull() || evict(UNUSED_MS))) start(hosted);
    pump(hosted);
  };

  const pump = (hosted: HostedFunction): void => {
    while (!stopped && hosted.waiting.length > 0) {
      // The most recently used first, so that the others can grow old and give way.
      const environment = hosted.idle.pop();
      if (!environment) {
        grow(hosted);
        return;
      }
      void run(hosted, environment, hosted.waiting.shift()!);
    }
  };

  const pumpAll = (): void => {
    for (const hosted of all) pump(hosted);
  };

  const run = async (hosted: HostedFunction, environment: ExecutionEnvironment, event: Waiting): Promise<void> => {
    hosted.busy++;
    const result = await environment.invoke(event.requestId, event.eventJson);
    hosted.busy--;
    if (isFatal(result)) await environment.stop();
    else if (environment.alive && !stopped) {
      environment.lastUsedAtMs = performance.now();
      hosted.idle.push(environment);
    }
    finish(hosted, environment, event, result);
    pump(hosted);
    if (isFull()) pumpAll();
  };

  const finish = (
    hosted: HostedFunction,
    environment: ExecutionEnvironment,
    event: Waiting,
    result: InvokeResult,
  ): void => {
    if ('functionError' in result) {
      const { errorType, errorMessage } = result.functionError;
      const line = `${environment.id.slice(-6)} ERROR ${event.requestId} ${errorType}: ${errorMessage}`;
      options.log(hosted.config.name, line);
    }
    event.resolve(result);
  };

  return {
    name: 'Lambda functions',
    start: async () => undefined,
    async stop() {
      stopped = true;
      for (const hosted of all) {
        clearTimeout(hosted.growTimer);
        for (const event of hosted.waiting.splice(0)) event.resolve({ throttled: true });
      }
      await Promise.all([...live].map((environment) => environment.stop()));
    },
    async invoke(nameOrArn, payload) {
      const hosted = hostedBy(nameOrArn);
      if (stopped) return { throttled: true };
      const eventJson = JSON.stringify(payload) ?? 'null';
      if (Buffer.byteLength(eventJson) > PAYLOAD_LIMIT_BYTES) {
        return {
          functionError: { errorType: 'RequestEntityTooLarge', errorMessage: 'The event is larger than 6 MB' },
        };
      }
      const reserved = hosted.config.reservedConcurrency;
      const taken = hosted.busy + hosted.waiting.length;
      if (hosted.waiting.length >= MAX_WAITING || (reserved !== undefined && taken >= reserved)) {
        return { throttled: true };
      }
      return new Promise<InvokeResult>((resolve) => {
        hosted.waiting.push({ requestId: randomUUID(), eventJson, sinceMs: performance.now(), resolve });
        pump(hosted);
      });
    },
    status: () => ({
      environments: live.size,
      busy: sum(all, ({ busy }) => busy),
      waiting: sum(all, ({ waiting }) => waiting.length),
    }),
  };
}

function sum<T>(items: Iterable<T>, of: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
}

/** The environment is ending although its thread may not have exited yet. */
function isFatal(result: InvokeResult): boolean {
  return 'functionError' in result && /^(Runtime|Sandbox)\./.test(result.functionError.errorType);
}
