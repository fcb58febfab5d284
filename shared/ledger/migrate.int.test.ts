import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '#scripts/local/services/free-port.ts';
import { PostgresService } from '#scripts/local/services/postgres/postgres-service.ts';
import { type Migration, MigrationDriftError, migrate, migrations } from './migrate.ts';

const sample: readonly Migration[] = [
  { number: 1, name: 'one', sql: 'CREATE TABLE one (a int)' },
  { number: 2, name: 'two', sql: 'CREATE TABLE two (a int)' },
];

describe('the ledger’s migrations', () => {
  let port: number;
  let postgres: PostgresService;
  let databases = 0;
  let database: string;
  const open: Client[] = [];

  const connect = async (user = 'ledger_owner', name = database): Promise<Client> => {
    const client = new Client({ host: '127.0.0.1', port, user, database: name });
    await client.connect();
    open.push(client);
    return client;
  };

  beforeAll(async () => {
    port = await freePort();
    const spec = { database: 'ledger', masterUser: 'ledger_owner', masterPassword: 'x' };
    postgres = new PostgresService({ port, databases: [spec] });
    await postgres.start();
  });
  beforeEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.end()));
    databases += 1;
    database = `ledger_${databases}`;
    const root = await connect('postgres', 'postgres');
    await root.query(`CREATE DATABASE ${database} OWNER ledger_owner`);
  });
  afterAll(async () => {
    await Promise.all(open.splice(0).map((client) => client.end()));
    await postgres.stop();
  });

  it('run once each, in order, however often they are asked for', async () => {
    const client = await connect();
    expect(await migrate(client, sample.slice(0, 1))).toEqual([1]);
    expect(await migrate(client, sample)).toEqual([2]);
    expect(await migrate(client, sample)).toEqual([]);
  });

  it('run once when two deployments start at the same moment', async () => {
    const [a, b] = [await connect(), await connect()];
    const applied = await Promise.all([migrate(a, sample), migrate(b, sample)]);
    expect(applied.flat().sort()).toEqual([1, 2]);
  });

  it('leave nothing of one that fails, and keep those before it', async () => {
    const client = await connect();
    const broken = [...sample, { number: 3, name: 'bad', sql: 'CREATE TABLE three (a int); SELECT 1/0' }];
    await expect(migrate(client, broken)).rejects.toThrow('migration 3 (bad) failed and changed nothing');
    const { rows } = await client.query(
      "SELECT tablename FROM pg_tables WHERE tablename IN ('one','two','three') ORDER BY 1",
    );
    expect(rows.map(({ tablename }) => tablename)).toEqual(['one', 'two']);
  });

  it('refuse to go on when one that has run was edited, or is unknown', async () => {
    const client = await connect();
    await migrate(client, sample);
    const edited = [{ ...sample[0]!, sql: 'CREATE TABLE one (b int)' }, sample[1]!];
    await expect(migrate(client, edited)).rejects.toThrow(MigrationDriftError);
    await expect(migrate(client, sample.slice(0, 1))).rejects.toThrow(MigrationDriftError);
  });

  it('give the application no right that it was not granted', async () => {
    await migrate(await connect(), migrations);
    const application = await connect('ledger_app');
    await expect(application.query('CREATE TABLE ledger.mine (a int)')).rejects.toThrow(/permission denied/);
    await expect(application.query('SELECT * FROM public.ledger_migration')).rejects.toThrow(/permission denied/);
  });

  it('are numbered without gaps', () => {
    expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_migration, index) => index + 1));
  });
});
