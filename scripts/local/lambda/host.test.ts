import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLocalClock } from '../clock.ts';
import { functionOf, temporaryFolder } from '../testing/fixtures.ts';
import type { FunctionConfig } from './function-config.ts';
import { createLambdaHost, type LambdaHost, type LambdaHostOptions } from './host.ts';

/** Waits longer than the machine is ever busy. */
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 15_000 });

const hosts: LambdaHost[] = [];
afterEach(() => Promise.all(hosts.splice(0).map((host) => host.stop())));

function hostOf(functions: FunctionConfig[], overrides: Partial<LambdaHostOptions> = {}) {
  const clock = createLocalClock();
  const lines: string[] = [];
  const host = createLambdaHost({
    functions,
    clockOffset: clock.sharedOffset,
    sdkEnvironment: { AWS_REGION: 'eu-central-1', AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1' },
    compileCacheDir: temporaryFolder(),
    log: (name, line) => lines.push(`${name}: ${line}`),
    ...overrides,
  });
  hosts.push(host);
  return { host, clock, lines };
}

/** Functions that hold their call until `go` on this channel lets all of them go. */
const held = (channel: string) => `
  import { BroadcastChannel } from 'node:worker_threads';
  let running = 0;
  export const handler = async () => {
    const together = ++running;
    const channel = new BroadcastChannel(${JSON.stringify(channel)});
    await new Promise((resolve) => {
      // Others who are held tell that they have started, too.
      channel.onmessage = ({ data }) => { if (data === 'go') resolve(); };
      channel.postMessage('started');
    });
    channel.close();
    running--;
    return together;
  };`;

describe('a hosted function', () => {
  it('gets the event and a context, and its answer comes back', async () => {
    const fn = functionOf(
      `export const handler = async (event, context) => ({ event, ...context, left: context.getRemainingTimeInMillis() });`,
      { name: 'echo', memoryMb: 256, timeoutMs: 2_000 },
    );
    const { host } = hostOf([fn]);
    const result = await host.invoke('echo', { a: [1, 'x', null] });
    expect(result).toEqual({
      payload: expect.objectContaining({
        event: { a: [1, 'x', null] },
        awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        functionName: 'echo',
        functionVersion: '$LATEST',
        invokedFunctionArn: fn.arn,
        memoryLimitInMB: '256',
      }),
    });
    const { left } = (result as { payload: { left: number } }).payload;
    expect(left).toBeGreaterThan(1_000);
    expect(left).toBeLessThanOrEqual(2_000);
  });

  it('is found by its ARN, also with an alias', async () => {
    const fn = functionOf(`export const handler = async () => 'here';`);
    const { host } = hostOf([fn]);
    expect(await host.invoke(fn.arn, {})).toEqual({ payload: 'here' });
    expect(await host.invoke(`${fn.arn}:live`, {})).toEqual({ payload: 'here' });
    await expect(host.invoke(`${fn.arn}-other`, {})).rejects.toThrow(/There is no function/);
  });

  it('sees its own variables and those of the runtime, and nothing of the process around it', async () => {
    vi.stubEnv('SECRET_OF_THE_HOST', 'x');
    const source = `export const handler = async () => process.env;`;
    const { host } = hostOf([
      functionOf(source, { name: 'one', environment: { MINE: '1' } }),
      functionOf(source, { name: 'two', environment: { OTHER: '2' } }),
    ]);
    const { payload } = (await host.invoke('one', {})) as { payload: Record<string, string> };
    vi.unstubAllEnvs();
    expect(payload).toMatchObject({
      MINE: '1',
      AWS_REGION: 'eu-central-1',
      AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1',
      AWS_LAMBDA_FUNCTION_NAME: 'one',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    });
    expect(payload).not.toHaveProperty('OTHER');
    expect(payload).not.toHaveProperty('SECRET_OF_THE_HOST');
  });

  it('keeps its module state between calls, apart from other functions', async () => {
    const source = `globalThis.calls = 0; export const handler = async () => ++globalThis.calls;`;
    const { host } = hostOf([functionOf(source, { name: 'one' }), functionOf(source, { name: 'two' })]);
    expect(await host.invoke('one', {})).toEqual({ payload: 1 });
    expect(await host.invoke('one', {})).toEqual({ payload: 2 });
    expect(await host.invoke('two', {})).toEqual({ payload: 1 });
  });

  it('answers null when the handler returns nothing', async () => {
    const { host } = hostOf([functionOf(`export const handler = async () => {};`, { name: 'fn' })]);
    expect(await host.invoke('fn', undefined)).toEqual({ payload: null });
  });

  it('lives by the local clock', async () => {
    const source = `export const handler = async () => [Date.now(), new Date().getTime(), new Date(5).getTime(), new Date() instanceof Date];`;
    const { host, clock } = hostOf([functionOf(source, { name: 'fn' })]);
    await host.invoke('fn', {});
    await clock.advance(3_600_000);
    const { payload } = (await host.invoke('fn', {})) as { payload: [number, number, number, boolean] };
    expect(Math.abs(payload[0] - clock.nowMs())).toBeLessThan(1_000);
    expect(Math.abs(payload[1] - clock.nowMs())).toBeLessThan(1_000);
    expect(payload.slice(2)).toEqual([5, true]);
  });

  it('writes its output to its log', async () => {
    const source = `export const handler = async () => { console.log('one\\ntwo'); console.error('three'); };`;
    const { host, lines } = hostOf([functionOf(source, { name: 'fn' })]);
    await host.invoke('fn', {});
    await eventually(() => expect(lines.map((line) => line.split(' ').at(-1)).sort()).toEqual(['one', 'three', 'two']));
  });
});

describe('a failing function', () => {
  it('answers the error that its handler throws and stays warm', async () => {
    const source = `let calls = 0; export const handler = async () => { if (++calls === 1) throw new TypeError('no'); return calls; };`;
    const { host } = hostOf([functionOf(source, { name: 'fn' })]);
    expect(await host.invoke('fn', {})).toMatchObject({
      functionError: { errorType: 'TypeError', errorMessage: 'no' },
    });
    expect(await host.invoke('fn', {})).toEqual({ payload: 2 });
  });

  it.each([
    ['loops for ever', 'for (;;);'],
    ['waits for ever', 'await new Promise(() => setInterval(() => {}, 1000));'],
  ])('is ended at its timeout when it %s, and begins anew', async (_name, body) => {
    const source = `let calls = 0; export const handler = async (event) => { calls++; if (event.hang) { ${body} } return calls; };`;
    const { host } = hostOf([functionOf(source, { name: 'fn', timeoutMs: 1_500 })]);
    expect(await host.invoke('fn', { hang: true })).toEqual({
      functionError: { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 1.5 seconds' },
    });
    expect(await host.invoke('fn', {})).toEqual({ payload: 1 });
  });

  it.each([
    ['throws outside its call', `setTimeout(() => { throw new Error('late'); }, 0); await new Promise(() => {});`],
    ['leaves a rejection unhandled', `Promise.reject(new Error('late')); await new Promise(() => {});`],
    ['exits', 'process.exit(3);'],
  ])('harms nobody else when it %s, and begins anew', async (_name, body) => {
    const source = `let calls = 0; export const handler = async (event) => { calls++; if (event.crash) { ${body} } return calls; };`;
    const { host } = hostOf([functionOf(source, { name: 'fn' }), functionOf(source, { name: 'other' })]);
    await host.invoke('other', {});
    expect(await host.invoke('fn', { crash: true })).toMatchObject({
      functionError: { errorType: expect.stringMatching(/^Runtime\./) },
    });
    expect(await host.invoke('fn', {})).toEqual({ payload: 1 });
    expect(await host.invoke('other', {})).toEqual({ payload: 2 });
  });

  it('answers the error of a bundle that cannot be loaded', async () => {
    const { host } = hostOf([
      functionOf(`throw new RangeError('bad start'); export const handler = 1;`, { name: 'broken' }),
      functionOf(`export const other = async () => 1;`, { name: 'empty' }),
      functionOf(`export const handler = (event, context, callback) => callback(null, 1);`, { name: 'old' }),
    ]);
    expect(await host.invoke('broken', {})).toMatchObject({
      functionError: { errorType: 'RangeError', errorMessage: 'bad start' },
    });
    expect(await host.invoke('empty', {})).toMatchObject({ functionError: { errorType: 'Runtime.HandlerNotFound' } });
    expect(await host.invoke('old', {})).toMatchObject({
      functionError: { errorType: 'Runtime.CallbackHandlerDeprecated' },
    });
  });

  it('refuses events and answers above 6 MB', async () => {
    const { host } = hostOf([
      functionOf(`export const handler = async ({ size }) => 'x'.repeat(size);`, { name: 'fn' }),
    ]);
    expect(await host.invoke('fn', 'x'.repeat(6 * 1024 * 1024))).toMatchObject({
      functionError: { errorType: 'RequestEntityTooLarge' },
    });
    expect(await host.invoke('fn', { size: 6 * 1024 * 1024 })).toMatchObject({
      functionError: { errorType: 'Function.ResponseSizeTooLarge' },
    });
    expect(await host.invoke('fn', { size: 2 })).toEqual({ payload: 'xx' });
  });
});

describe('concurrency', () => {
  it('runs one event at a time in each environment, and starts further ones up to the bound', async () => {
    const channel = new BroadcastChannel('held-1');
    let started = 0;
    channel.onmessage = () => started++;
    const { host } = hostOf([functionOf(held('held-1'), { name: 'fn' })], { maxPerFunction: 2 });
    const calls = [1, 2, 3].map(() => host.invoke('fn', {}));
    await eventually(() => expect(started).toBe(2));
    expect(host.status()).toEqual({ environments: 2, busy: 2, waiting: 1 });
    channel.postMessage('go');
    await eventually(() => expect(started).toBe(3));
    channel.postMessage('go');
    expect(await Promise.all(calls)).toEqual([{ payload: 1 }, { payload: 1 }, { payload: 1 }]);
    channel.close();
  });

  it.each([
    ['soon where processors idle', 0.5, 200],
    ['late where they do not: a start would take from those who run', 0, 1_500],
  ])('starts a further environment %s', async (_when, idleShare, afterMs) => {
    const name = `held-${afterMs}`;
    const channel = new BroadcastChannel(name);
    let started = 0;
    channel.onmessage = () => started++;
    const gauge = { watchIdle: () => () => idleShare, residentBytes: () => 0 };
    const { host } = hostOf([functionOf(held(name), { name: 'fn' })], { maxPerFunction: 2, gauge });
    const first = host.invoke('fn', {});
    await eventually(() => expect(started).toBe(1));
    const beganMs = performance.now();
    const second = host.invoke('fn', {});
    await eventually(() => expect(host.status().environments).toBe(2));
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(afterMs - 5);
    await eventually(() => expect(started).toBe(2));
    channel.postMessage('go');
    await Promise.all([first, second]);
    channel.close();
  });

  it('ends no environment for a further one of another function while it is in use', async () => {
    const channel = new BroadcastChannel('held-4');
    let started = 0;
    channel.onmessage = () => started++;
    const gauge = { watchIdle: () => () => 1, residentBytes: () => 0 };
    const busy = functionOf(held('held-4'), { name: 'busy' });
    const other = functionOf(`let calls = 0; export const handler = async () => ++calls;`, { name: 'other' });
    const { host } = hostOf([busy, other], { maxEnvironments: 2, gauge });
    await host.invoke('other', {});
    const calls = [host.invoke('busy', {}), host.invoke('busy', {})];
    await eventually(() => expect(started).toBe(1));
    // Long enough for the second call to want an environment of its own.
    for (let count = 2; count <= 20; count += 1) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(await host.invoke('other', {})).toEqual({ payload: count });
    }
    channel.postMessage('go');
    await eventually(() => expect(started).toBe(2));
    channel.postMessage('go');
    await Promise.all(calls);
    channel.close();
  });

  it('refuses calls above a reserved concurrency', async () => {
    const channel = new BroadcastChannel('held-2');
    let started = 0;
    channel.onmessage = () => started++;
    const { host } = hostOf([functionOf(held('held-2'), { name: 'fn', reservedConcurrency: 1 })]);
    const first = host.invoke('fn', {});
    await eventually(() => expect(started).toBe(1));
    expect(await host.invoke('fn', {})).toEqual({ throttled: true });
    channel.postMessage('go');
    expect(await first).toEqual({ payload: 1 });
    channel.close();
  });

  it('ends the environment that has been idle longest when the host is full', async () => {
    const source = `let calls = 0; export const handler = async () => ++calls;`;
    const functions = ['a', 'b', 'c'].map((name) => functionOf(source, { name }));
    const { host } = hostOf(functions, { maxEnvironments: 2 });
    await host.invoke('a', {});
    await host.invoke('b', {});
    await host.invoke('a', {});
    await host.invoke('c', {});
    await eventually(() => expect(host.status().environments).toBe(2));
    expect(await host.invoke('a', {})).toEqual({ payload: 3 });
    expect(await host.invoke('b', {})).toEqual({ payload: 1 });
  });

  it('answers what waits and takes nothing more once it stops', async () => {
    const { host } = hostOf([functionOf(held('held-3'), { name: 'fn' })], { maxPerFunction: 1 });
    const calls = [host.invoke('fn', {}), host.invoke('fn', {})];
    await eventually(() => expect(host.status()).toMatchObject({ busy: 1, waiting: 1 }));
    await host.stop();
    expect(await calls[0]).toMatchObject({ functionError: { errorType: 'Runtime.ExitError' } });
    expect(await calls[1]).toEqual({ throttled: true });
    expect(await host.invoke('fn', {})).toEqual({ throttled: true });
  });
});
