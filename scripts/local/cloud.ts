import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLocalClock, type SharedLocalClock } from './clock.ts';
import { createControlServer } from './control/server.ts';
import { createAdmission } from './gateway/admission.ts';
import { readApis } from './gateway/declaration.ts';
import { createHttpApi } from './http-api/server.ts';
import { readFunctions } from './lambda/function-config.ts';
import { createLambdaHost, type LambdaHost } from './lambda/host.ts';
import { keepBundles } from './lambda/keep-bundles.ts';
import { lockDataDir } from './lock.ts';
import { type LogFiles, openLogs } from './logs.ts';
import { choosePorts } from './ports.ts';
import { runScript } from './run-script.ts';
import { sdkEnvironment } from './sdk-environment.ts';
import type { DataPlane, LocalContext, LocalOptions, LocalService } from './service.ts';
import { createDataPlane } from './services/data-plane.ts';
import { ZonePageService } from './services/zone-page/zone-page-service.ts';
import { loadAssembly, type StackTemplate } from './template/assembly.ts';
import { apiPorts, createRegistry } from './template/registry.ts';
import { createWebSocketApi, type WebSocketApi } from './websocket-api/server.ts';

/** The stage whose templates the local cloud hosts. */
const STAGE = 'dev';
/** Region and account of local ARNs: constants, so that data kept on disk is found again. */
const REGION = 'eu-central-1';
const ACCOUNT_ID = '000000000000';
/** A part that has not stopped by then is given up. */
const STOP_LIMIT_MS = 8_000;

export interface StartOptions extends LocalOptions {
  /** The repository's root. */
  readonly root: string;
  /** Make bundles and templates first, where their sources have changed. */
  readonly build: boolean;
  /** Ends a start that is under way: it then rejects with the signal's reason, and everything is stopped again. */
  readonly signal?: AbortSignal;
  /** Called after each step of the start with what it was and how long it took. */
  onStep?(step: string, durationMs: number): void;
}

/** Written to `<dataDir>/running.json` while the local cloud runs. */
export interface RunningAddresses {
  readonly pid: number;
  /** Players' HTTP API, administrators' HTTP API, WebSocket API with its stage. */
  readonly httpUrl: string;
  readonly adminUrl: string;
  readonly socketUrl: string;
  /** Control endpoint, API reference and clock page. */
  readonly controlUrl: string;
  /** Further addresses by label, such as the mail inbox and the zones. */
  readonly others: readonly { readonly label: string; readonly url: string }[];
  /** Lets an SDK client of another process find the stores. */
  readonly sdkEnvironment: Readonly<Record<string, string>>;
}

export interface LocalCloud {
  readonly context: LocalContext;
  readonly addresses: RunningAddresses;
  readonly dataPlane: DataPlane;
  readonly lambda: LambdaHost;
  /** Stops everything in the opposite order of starting; at most 10 s. */
  stop(): Promise<void>;
}

/**
 * Starts the whole backend from the synthesized templates. Rejects, with everything stopped again, when a template
 * holds something that the local cloud does not host, or a part does not come up.
 */
export async function startLocalCloud(options: StartOptions): Promise<LocalCloud> {
  const release = lockDataDir(options.dataDir);
  if (options.fresh) emptyFolder(options.dataDir);
  const logs = openLogs(join(options.dataDir, 'logs'));
  const started: LocalService[] = [];
  const stop = async (): Promise<void> => {
    await stopAll(started, logs, options.dataDir);
    release();
  };
  const aborted = new Promise<never>((_resolve, reject) => {
    options.signal?.addEventListener('abort', () => reject(options.signal?.reason), { once: true });
  });
  try {
    const cloud = await Promise.race([startAll(options, started, logs), aborted]);
    return { ...cloud, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startAll(
  options: StartOptions,
  started: LocalService[],
  logs: LogFiles,
): Promise<Omit<LocalCloud, 'stop'>> {
  const { root, dataDir, signal } = options;
  const step = async <T>(name: string, run: () => T | Promise<T>): Promise<T> => {
    signal?.throwIfAborted();
    const beganMs = performance.now();
    const result = await run();
    options.onStep?.(name, performance.now() - beganMs);
    return result;
  };
  const start = async (service: LocalService): Promise<void> => {
    await step(service.name, () => {
      // Noted first: what fails half-way must be stopped too.
      started.push(service);
      return service.start();
    });
  };

  if (options.build) {
    // Each of them does nothing when its inputs have not changed.
    await step('Bundles built', () => runScript(root, 'scripts/build.ts', [], signal));
    await step('Templates synthesized', () => runScript(root, 'scripts/synth.ts', ['--stage', STAGE], signal));
  }
  const clock = createLocalClock();
  const stacks = await step('Templates read', () => loadAssembly(join(root, 'cdk.out'), STAGE));
  const { context, lambda } = await step('Resources resolved', () => assemble(options, stacks, clock, logs));
  const apis = readApis(context.registry, REGION, ACCOUNT_ID);
  const dataPlane = createDataPlane(context);

  const stores = await Promise.allSettled(dataPlane.stores.map(start));
  for (const store of stores) if (store.status === 'rejected') throw store.reason;
  await start(lambda);
  await step('Deployment functions', () => runDeploymentFunctions(context));
  const admission = createAdmission();
  const sockets: WebSocketApi[] = [];
  for (const api of apis) {
    const port = await context.ports.allocate(api.portName);
    const log = (line: string) => logs.write(`api-${api.name}`, line);
    const gateway = { api, port, invoke: lambda.invoke, admission, clock, log };
    if (api.protocol === 'HTTP') await start(createHttpApi(gateway));
    else {
      const socketApi = createWebSocketApi(gateway);
      sockets.push(socketApi);
      await start(socketApi);
    }
  }
  for (const source of dataPlane.sources) await start(source);

  const addresses = await describeAddresses(context, apis, dataPlane);
  if (options.fleet) await start(zonePage(root, context, addresses));
  await start(createControlServer({ root, context, clock, dataPlane, lambda, sockets, logs, addresses }));
  writeFileSync(join(dataDir, 'running.json'), `${JSON.stringify(addresses, null, 2)}\n`);
  return { context, addresses, dataPlane, lambda };
}

/** Everything but the lock, which is ours already. */
function emptyFolder(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name !== 'lock') rmSync(join(folder, name), { recursive: true, force: true });
  }
}

async function assemble(
  options: StartOptions,
  stacks: readonly StackTemplate[],
  clock: SharedLocalClock,
  logs: LogFiles,
): Promise<{ context: LocalContext; lambda: LambdaHost }> {
  const apiPortNames = apiPorts(stacks);
  const ports = await choosePorts(options.portBase, apiPortNames);
  const apiPortNumbers = new Map<string, number>();
  for (const name of apiPortNames) apiPortNumbers.set(name, await ports.allocate(name));
  const registry = createRegistry(stacks, {
    region: REGION,
    accountId: ACCOUNT_ID,
    port: (name) => apiPortNumbers.get(name) ?? ports.of(name as Parameters<typeof ports.of>[0]),
  });
  const environment = sdkEnvironment(ports, REGION);
  const lambda = createLambdaHost({
    functions: keepBundles(readFunctions(registry, stacks), join(options.dataDir, 'code')),
    clockOffset: clock.sharedOffset,
    sdkEnvironment: environment,
    compileCacheDir: join(options.root, 'node_modules/.cache/local-functions'),
    log: (name, line) => logs.write(name, line),
  });
  const context: LocalContext = {
    registry,
    invokeLambda: lambda.invoke,
    clock,
    ports,
    options,
    region: REGION,
    accountId: ACCOUNT_ID,
    sdkEnvironment: environment,
    log: (name, line) => logs.write(name, line),
  };
  return { context, lambda };
}

/** What CloudFormation does for a CDK trigger: the function runs once per deployment, and its failure is the deployment's. */
async function runDeploymentFunctions({ registry, invokeLambda }: LocalContext): Promise<void> {
  for (const trigger of registry.ofType('Custom::Trigger')) {
    const result = await invokeLambda(String(trigger.properties.HandlerArn), {});
    if ('functionError' in result) {
      throw new Error(`${trigger.stack}.${trigger.id} failed: ${result.functionError.errorMessage}`);
    }
  }
}

/** The page that shows the zones and plays in them. */
function zonePage(root: string, { ports }: LocalContext, { httpUrl, others }: RunningAddresses): ZonePageService {
  const shardUrls = others.filter(({ url }) => url.startsWith('ws:')).map(({ url }) => url);
  return new ZonePageService({ port: ports.of('zone-page'), folder: join(root, 'dist/zone-page'), httpUrl, shardUrls });
}

async function describeAddresses(
  { ports, options, sdkEnvironment }: LocalContext,
  apis: ReturnType<typeof readApis>,
  dataPlane: DataPlane,
): Promise<RunningAddresses> {
  const urlOf = async (protocol: string, isAdmin: boolean): Promise<string> => {
    const api = apis.find((each) => each.protocol === protocol && /admin/i.test(each.name) === isAdmin);
    if (!api) return '';
    const scheme = protocol === 'WEBSOCKET' ? 'ws' : 'http';
    const stage = api.stage === '$default' ? '' : `/${api.stage}`;
    return `${scheme}://127.0.0.1:${await ports.allocate(api.portName)}${stage}`;
  };
  return {
    pid: process.pid,
    httpUrl: await urlOf('HTTP', false),
    adminUrl: await urlOf('HTTP', true),
    socketUrl: await urlOf('WEBSOCKET', false),
    controlUrl: `http://127.0.0.1:${ports.of('control')}`,
    others: [
      ...(options.fleet ? [{ label: 'Zone page', url: `http://127.0.0.1:${ports.of('zone-page')}/` }] : []),
      ...dataPlane.addresses(),
    ],
    sdkEnvironment,
  };
}

async function stopAll(started: readonly LocalService[], logs: LogFiles, dataDir: string): Promise<void> {
  rmSync(join(dataDir, 'running.json'), { force: true });
  const deadline = new Promise<void>((resolve) => setTimeout(resolve, STOP_LIMIT_MS).unref());
  const inOrder = (async () => {
    for (const service of [...started].reverse()) {
      try {
        await service.stop();
      } catch (error) {
        logs.write('local-cloud', `${service.name} did not stop cleanly: ${String(error)}`);
      }
    }
  })();
  await Promise.race([inOrder, deadline]);
  await logs.close();
}
