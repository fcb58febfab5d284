import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createLocalClock } from '../clock.ts';
import { openLogs } from '../logs.ts';
import type { DataPlane, LocalService } from '../service.ts';
import { freePort, temporaryFolder } from '../testing/fixtures.ts';
import { type ControlOptions, createControlServer } from './server.ts';

const servers: LocalService[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));

async function serve() {
  const root = temporaryFolder();
  const port = await freePort();
  const clock = createLocalClock();
  const logs = openLogs(join(root, 'logs'));
  const ran: string[] = [];
  const dataPlane: Pick<DataPlane, 'queues' | 'schedules' | 'runSchedule' | 'idle'> = {
    queues: () => [],
    schedules: () => [{ name: 'sweep', expression: 'rate(1 minute)', nextAtMs: 1 }],
    runSchedule: async (name) => {
      if (name !== 'sweep') return undefined;
      ran.push(name);
      return { payload: { processed: 1 } };
    },
    idle: () => true,
  };
  const options = {
    root,
    clock,
    logs,
    dataPlane,
    context: { ports: { of: () => port }, log: () => undefined },
    lambda: { status: () => ({ environments: 0, busy: 0, waiting: 0 }) },
    sockets: [{ endAll: () => 2 }, { endAll: () => 3 }],
    addresses: { httpUrl: 'http://127.0.0.1:1' },
  } as unknown as ControlOptions;
  const server = createControlServer(options);
  servers.push(server);
  await server.start();
  const url = `http://127.0.0.1:${port}`;
  const post = (path: string, body: unknown, contentType = 'application/json') =>
    fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': contentType }, body: JSON.stringify(body) });
  return { root, port, url, clock, logs, ran, post };
}

describe('the control endpoint', () => {
  it('moves the clock, and refuses to move it back', async () => {
    const { clock, post } = await serve();
    expect(await (await post('/_local/clock', { advanceMs: 5_000 })).json()).toMatchObject({ clockOffsetMs: 5_000 });
    for (const body of [{ advanceMs: -1 }, { advanceMs: 'x' }, { advanceMs: 1e15 }, { other: 1 }, []]) {
      expect((await post('/_local/clock', body)).status).toBe(400);
    }
    expect(clock.offsetMs()).toBe(5_000);
  });

  it('ends the sockets of every API', async () => {
    const { post } = await serve();
    expect(await (await post('/_local/sockets/end', {})).json()).toEqual({ ended: 5 });
  });

  it('runs a schedule by its name', async () => {
    const { ran, post } = await serve();
    expect(await (await post('/_local/schedules/sweep/run', {})).json()).toEqual({ payload: { processed: 1 } });
    expect((await post('/_local/schedules/other/run', {})).status).toBe(404);
    expect(ran).toEqual(['sweep']);
  });

  it('shows the end of a log, and of logs alone', async () => {
    const { url, logs, root } = await serve();
    writeFileSync(join(root, 'secret.log'), 'secret');
    for (const line of ['one', 'two', 'three']) logs.write('fn', line);
    await logs.close();
    const { lines } = (await (await fetch(`${url}/_local/logs/fn?lines=2`)).json()) as { lines: string[] };
    expect(lines.map((line) => line.split(' ').at(-1))).toEqual(['two', 'three']);
    for (const name of ['none', '..%2Fsecret', '%2E%2E%2Fsecret']) {
      expect((await fetch(`${url}/_local/logs/${name}`)).status).toBe(404);
    }
  });

  it('is out of reach for pages of other origins', async () => {
    const { port, clock, post } = await serve();
    expect((await post('/_local/clock', { advanceMs: 5 }, 'text/plain')).status).toBe(415);
    const rebound = await new Promise<number | undefined>((resolve) => {
      request({ port, host: '127.0.0.1', path: '/_local/addresses', headers: { host: 'evil.test' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    expect(rebound).toBe(403);
    expect(clock.offsetMs()).toBe(0);
  });

  it('serves its pages and the generated documents', async () => {
    const { url, root } = await serve();
    expect(await (await fetch(`${url}/`)).text()).toContain('<title>NECPGAME local cloud</title>');
    expect(await (await fetch(`${url}/reference`)).text()).toContain('<title>NECPGAME API reference</title>');
    expect((await fetch(`${url}/reference/openapi.json`)).status).toBe(404);
    mkdirSync(join(root, 'docs/api'), { recursive: true });
    writeFileSync(join(root, 'docs/api/openapi.json'), '{"openapi":"3.1.0"}');
    expect(await (await fetch(`${url}/reference/openapi.json`)).json()).toEqual({ openapi: '3.1.0' });
  });

  it('refuses calls to AWS services that are not here', async () => {
    const { url } = await serve();
    const response = await fetch(`${url}/`, {
      method: 'POST',
      headers: {
        'amz-sdk-invocation-id': '1',
        'x-amz-target': 'Kinesis.PutRecord',
        'content-type': 'application/x-amz-json-1.1',
      },
      body: '{}',
    });
    expect(response.status).toBe(501);
    expect(await response.text()).toContain('Kinesis.PutRecord');
  });
});
