import { writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort, temporaryFolder } from '../../testing/fixtures.ts';
import { ZonePageService } from './zone-page-service.ts';

const open: { stop(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

/** A server that answers every request with what it was asked. */
async function echo(): Promise<string> {
  const server: Server = createServer(async (asked, response) => {
    const body = (await asked.toArray()).join('');
    const { authorization, cookie } = asked.headers;
    response.writeHead(201, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ method: asked.method, url: asked.url, authorization, cookie, body }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ stop: () => server.close() });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function page() {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'index.html'), '<title>zone</title>');
  const port = await freePort();
  const [api, shard, gone] = [await echo(), await echo(), await freePort()];
  const service = new ZonePageService({
    port,
    folder,
    httpUrl: `http://${api}`,
    shardUrls: [`ws://${shard}/shard-0`, `ws://127.0.0.1:${gone}/shard-1`],
  });
  await service.start();
  open.push(service);
  return { port, url: `http://127.0.0.1:${port}` };
}

describe('the zone page', () => {
  it('may load and run nothing but its own files', async () => {
    const { url } = await page();
    const response = await fetch(url);
    expect(await response.text()).toBe('<title>zone</title>');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    expect((await fetch(`${url}/main.js`)).status, 'not built').toBe(404);
    expect((await fetch(`${url}/../package.json`)).status).toBe(404);
    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
  });

  it('reaches the API under its own origin, with what a call needs and no more', async () => {
    const { url } = await page();
    const response = await fetch(`${url}/api/v1/zones?limit=1`, {
      method: 'POST',
      headers: { authorization: 'Bearer t', cookie: 'a=b', 'content-type': 'application/json' },
      body: '{"x":1}',
    });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({
      method: 'POST',
      url: '/api/v1/zones?limit=1',
      authorization: 'Bearer t',
      body: '{"x":1}',
    });
    expect((await fetch(`${url}/api/v1/x`, { method: 'POST', body: 'x'.repeat(70_000) })).status).toBe(413);
  });

  it('is told of the zones by the shards that answer', async () => {
    const { url } = await page();
    expect(await (await fetch(`${url}/live`)).json()).toEqual([{ method: 'GET', url: '/live', body: '' }]);
  });

  it('is out of reach for pages that took its address for theirs', async () => {
    const { port } = await page();
    const status = await new Promise<number | undefined>((resolve) => {
      request({ port, host: '127.0.0.1', path: '/live', headers: { host: 'evil.test' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    expect(status).toBe(403);
  });
});
