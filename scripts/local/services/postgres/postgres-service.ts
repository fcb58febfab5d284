import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { LocalService } from '../../service.ts';
import { PortForward } from './port-forward.ts';
import { PostgresServer } from './postgres-server.ts';

/** A database cluster as the templates name it. */
export interface DatabaseSpec {
  readonly database: string;
  readonly masterUser: string;
  readonly masterPassword?: string | undefined;
}

export interface PostgresServiceOptions {
  readonly port: number;
  readonly databases: readonly DatabaseSpec[];
  /** Undefined: a temporary one that goes with the service. */
  readonly dataDir?: string | undefined;
  /** A Postgres of the user's own: used in place of ours, reached through the same local port. */
  readonly databaseUrl?: string | undefined;
  readonly logFile?: string | undefined;
  /** Forget what an earlier start has stored. */
  readonly fresh?: boolean;
}

/** Roles that exist on every Aurora cluster and that migrations may grant. */
const auroraRoles = ['rds_iam', 'rds_superuser'];

/** Postgres with the databases and master users of the templates, which may do what they may on Aurora. */
export class PostgresService implements LocalService {
  readonly name = 'Postgres';
  readonly #options: PostgresServiceOptions;
  #server: PostgresServer | undefined;
  #forward: PortForward | undefined;
  #temporary: string | undefined;

  constructor(options: PostgresServiceOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { port, databases, databaseUrl } = this.#options;
    const admin = databaseUrl === undefined ? await this.#startServer() : databaseUrl;
    if (databaseUrl !== undefined) {
      const { hostname, port: theirs } = new URL(databaseUrl);
      this.#forward = new PortForward(port, hostname, Number(theirs || '5432'));
      await this.#forward.start();
    }
    for (const spec of databases) await prepare(admin, spec);
  }

  /** Kills the server without a clean shutdown, and starts it again on what it had written. */
  async crash(): Promise<void> {
    if (!this.#server) throw new Error('there is no Postgres of ours to kill');
    await this.#server.kill();
    await this.#server.start();
  }

  async stop(): Promise<void> {
    await this.#forward?.stop();
    await this.#server?.stop();
    if (this.#temporary !== undefined) {
      this.#server?.remove();
      rmSync(this.#temporary, { recursive: true, force: true });
    }
    this.#forward = undefined;
    this.#server = undefined;
    this.#temporary = undefined;
  }

  async #startServer(): Promise<string> {
    const { port, dataDir, logFile, fresh } = this.#options;
    if (dataDir === undefined) this.#temporary = mkdtempSync(join(tmpdir(), 'necpgame-postgres-'));
    if (this.#temporary !== undefined) chmodSync(this.#temporary, 0o755);
    this.#server = new PostgresServer({ port, logFile, dataDir: dataDir ?? join(this.#temporary!, 'data') });
    if (fresh) this.#server.remove();
    await this.#server.start();
    return this.#server.connectionString();
  }
}

async function prepare(connectionString: string, spec: DatabaseSpec): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const user = client.escapeIdentifier(spec.masterUser);
    for (const role of auroraRoles)
      await createUnless(client, 'SELECT 1 FROM pg_roles WHERE rolname = $1', role, `CREATE ROLE ${role} NOLOGIN`);
    await createUnless(
      client,
      'SELECT 1 FROM pg_roles WHERE rolname = $1',
      spec.masterUser,
      `CREATE ROLE ${user} LOGIN CREATEDB CREATEROLE`,
    );
    if (spec.masterPassword !== undefined)
      await client.query(`ALTER ROLE ${user} PASSWORD ${client.escapeLiteral(spec.masterPassword)}`);
    for (const role of auroraRoles) await client.query(`GRANT ${role} TO ${user} WITH ADMIN OPTION, INHERIT TRUE`);
    const database = client.escapeIdentifier(spec.database);
    await createUnless(
      client,
      'SELECT 1 FROM pg_database WHERE datname = $1',
      spec.database,
      `CREATE DATABASE ${database} OWNER ${user}`,
    );
  } finally {
    await client.end();
  }
}

async function createUnless(client: Client, query: string, name: string, statement: string): Promise<void> {
  const found = await client.query(query, [name]);
  if (found.rowCount === 0) await client.query(statement);
}
