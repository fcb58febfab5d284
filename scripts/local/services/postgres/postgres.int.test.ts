import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../free-port.ts';
import { PostgresServer } from './postgres-server.ts';
import { PostgresService } from './postgres-service.ts';

let folder: string;
let port: number;
const databases = [{ database: 'ledger', masterUser: 'ledger_owner', masterPassword: "it's secret" }];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postgres-'));
  // The server's own user has to reach it when we are root.
  chmodSync(folder, 0o755);
  port = await freePort();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function query(user: string, sql: string, atPort = port): Promise<unknown[]> {
  const client = new Client({ host: '127.0.0.1', port: atPort, user, database: 'ledger', password: 'an IAM token' });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('the templates’ database and master user exist, data survives a stop, and a crash', {
  timeout: 60_000,
}, async () => {
  const dataDir = join(folder, 'data');
  const service = new PostgresService({ port, databases, dataDir });
  await service.start();
  await query('ledger_owner', 'CREATE TABLE coins (amount bigint NOT NULL); INSERT INTO coins VALUES (7)');
  await query(
    'ledger_owner',
    'CREATE ROLE ledger_app LOGIN; GRANT rds_iam TO ledger_app; GRANT SELECT ON coins TO ledger_app',
  );
  await service.stop();

  const server = new PostgresServer({ port, dataDir });
  await server.start();
  expect(await query('ledger_app', 'SELECT amount FROM coins')).toEqual([{ amount: '7' }]);
  await query('ledger_owner', 'INSERT INTO coins VALUES (8)');
  await server.kill();

  const again = new PostgresService({ port, databases, dataDir });
  await again.start();
  expect(await query('ledger_app', 'SELECT sum(amount) AS sum FROM coins')).toEqual([{ sum: '15' }]);
  await expect(query('ledger_app', 'INSERT INTO coins VALUES (1)')).rejects.toThrow(/permission denied/);

  // A Postgres of the user's own is reached through the local port.
  const forwarded = await freePort();
  const own = new PostgresService({
    port: forwarded,
    databases,
    databaseUrl: `postgres://postgres@127.0.0.1:${port}/postgres`,
  });
  await own.start();
  expect(await query('ledger_app', 'SELECT count(*)::int AS n FROM coins', forwarded)).toEqual([{ n: 2 }]);
  await own.stop();
  await again.stop();
});

test('fresh forgets what was stored, and stopping twice is harmless', { timeout: 60_000 }, async () => {
  const service = new PostgresService({ port, databases, dataDir: join(folder, 'data'), fresh: true });
  await service.start();
  await expect(query('ledger_owner', 'SELECT * FROM coins')).rejects.toThrow(/does not exist/);
  await service.stop();
  await service.stop();
});

test.runIf(process.getuid?.() === 0)(
  'a folder that the server’s user cannot reach is served from outside, and forgotten with it',
  () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const server = new PostgresServer({ port, dataDir: join(closed, 'postgres') });
    expect(server.dataDir).toMatch(/^\/var\/tmp\/necpgame-/);
    mkdirSync(server.dataDir, { recursive: true });
    expect(new PostgresServer({ port, dataDir: join(closed, 'postgres') }).dataDir).toBe(server.dataDir);
    expect(existsSync(server.dataDir)).toBe(true);
    rmSync(join(closed, 'postgres'), { recursive: true });
    new PostgresServer({ port, dataDir: join(closed, 'postgres') }).remove();
    expect(existsSync(server.dataDir)).toBe(false);
  },
);
