import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiDeclaration, RouteDeclaration } from '../gateway/declaration.ts';
import type { FunctionConfig } from '../lambda/function-config.ts';
import type { InvokeResult } from '../service.ts';
import { parseTemplate, type StackTemplate } from '../template/assembly.ts';
import { createRegistry } from '../template/registry.ts';

/** A folder of its own below the system's temporary one. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'local-cloud-'));
}

/** A bundle with this source, as `npm run build` would leave one, and its function. */
export function functionOf(source: string, overrides: Partial<FunctionConfig> = {}): FunctionConfig {
  const name = overrides.name ?? `fn-${Math.random().toString(36).slice(2, 8)}`;
  const moduleFile = join(temporaryFolder(), 'index.mjs');
  writeFileSync(moduleFile, source);
  return {
    name,
    arn: `arn:aws:lambda:eu-central-1:000000000000:function:${name}`,
    moduleFile,
    exportName: 'handler',
    memoryMb: 128,
    timeoutMs: 3_000,
    environment: {},
    reservedConcurrency: undefined,
    ...overrides,
  };
}

export function stackOf(
  template: object,
  stackName = 'app',
  assets: ReadonlyMap<string, string> = new Map(),
): StackTemplate {
  return { stackName, template: parseTemplate(template), assets };
}

/** A registry of these stacks, whose ports count up from 5000. */
export function registryOf(...stacks: StackTemplate[]) {
  const ports = new Map<string, number>();
  const port = (name: string): number => {
    if (!ports.has(name)) ports.set(name, 5_000 + ports.size);
    return ports.get(name)!;
  };
  return createRegistry(stacks, { region: 'eu-central-1', accountId: '000000000000', port });
}

export function routeOf(routeKey: string, overrides: Partial<RouteDeclaration> = {}): RouteDeclaration {
  return {
    routeKey,
    functionArn: `arn:${routeKey}`,
    timeoutMs: 5_000,
    authorizer: undefined,
    throttle: undefined,
    returnsResponse: false,
    ...overrides,
  };
}

export function apiOf(
  protocol: 'HTTP' | 'WEBSOCKET',
  routes: RouteDeclaration[],
  overrides: Partial<ApiDeclaration> = {},
): ApiDeclaration {
  return {
    id: 'abcdef0123',
    name: 'test',
    protocol,
    portName: 'api-test',
    stage: protocol === 'HTTP' ? '$default' : 'ws',
    region: 'eu-central-1',
    accountId: '000000000000',
    cors: undefined,
    routeSelectionExpression: undefined,
    routes,
    ...overrides,
  };
}

/** Stands for the Lambda host: answers by function ARN and keeps every event. */
export function fakeFunctions(handlers: Record<string, (event: never) => InvokeResult | Promise<InvokeResult>>) {
  const events: { readonly functionArn: string; readonly event: never }[] = [];
  return {
    events,
    eventsOf: (functionArn: string): never[] =>
      events.filter((each) => each.functionArn === functionArn).map(({ event }) => event),
    invoke: async (functionArn: string, payload: unknown): Promise<InvokeResult> => {
      // As on the real way, functions get a copy that went through JSON.
      const event = JSON.parse(JSON.stringify(payload)) as never;
      events.push({ functionArn, event });
      const handler = handlers[functionArn];
      if (!handler) throw new Error(`no function ${functionArn}`);
      return handler(event);
    },
  };
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
