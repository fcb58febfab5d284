import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import { currencies, systemAccounts } from '#content/currencies.ts';
import { currencyScopes } from '#content/schema/currency.ts';
import * as schemaAndRoles from './migrations/0001-schema-and-roles.ts';
import * as tables from './migrations/0002-tables.ts';
import * as guards from './migrations/0003-guards.ts';
import * as move from './migrations/0004-move.ts';
import * as holds from './migrations/0005-holds.ts';
import * as reads from './migrations/0006-reads.ts';
import * as audit from './migrations/0007-audit.ts';
import * as changeAtOnce from './migrations/0008-change-at-once.ts';
import * as transfer from './migrations/0009-transfer.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/** Every change of the ledger's database, in order. A migration that has run anywhere is never edited. */
export const migrations: readonly Migration[] = [
  { number: 1, name: 'schema-and-roles', sql: schemaAndRoles.sql },
  { number: 2, name: 'tables', sql: tables.sql },
  { number: 3, name: 'guards', sql: guards.sql },
  { number: 4, name: 'move', sql: move.sql },
  { number: 5, name: 'holds', sql: holds.sql },
  { number: 6, name: 'reads', sql: reads.sql },
  { number: 7, name: 'audit', sql: audit.sql },
  { number: 8, name: 'change-at-once', sql: changeAtOnce.sql },
  { number: 9, name: 'transfer', sql: transfer.sql },
];

/** Names our lock among Postgres's advisory locks: any constant that nobody else uses. */
const LOCK = 7_267_001;

/** A migration that has run differs from the one in the code, or is not in the code at all. */
export class MigrationDriftError extends Error {
  override readonly name = 'MigrationDriftError';
}

/**
 * Brings the database up to date: each missing migration in a transaction of its own, in order, with its checksum on
 * record. Two that run at once wait for each other. Answers the numbers that were applied now.
 * @throws MigrationDriftError before anything is changed.
 */
export async function migrate(client: Client, all: readonly Migration[] = migrations): Promise<readonly number[]> {
  await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
  try {
    await client.query(`
      CREATE TABLE IF NOT EXISTS public.ledger_migration (
        number integer PRIMARY KEY,
        name text NOT NULL,
        checksum text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
      )`);
    const { rows } = await client.query<{ number: number; checksum: string }>(
      'SELECT number, checksum FROM public.ledger_migration ORDER BY number',
    );
    assertNoDrift(rows, all);
    const applied = new Set(rows.map(({ number }) => number));
    const missing = all.filter(({ number }) => !applied.has(number));
    for (const migration of missing) await apply(client, migration);
    return missing.map(({ number }) => number);
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK]);
  }
}

/** Brings the ledger's currencies and the system's accounts up to what the content says; none is ever taken away. */
export async function seedContent(client: Client): Promise<void> {
  const rows = currencies.all.map(({ id, scopes, cap, transferable }) => ({
    id,
    scopes: scopes.map((scope) => currencyScopes[scope]),
    cap: String(cap),
    transferable,
  }));
  await client.query(
    `INSERT INTO ledger.currency (id, scopes, cap, transferable)
     SELECT row->>'id', ARRAY(SELECT jsonb_array_elements_text(row->'scopes')), (row->>'cap')::bigint,
            (row->>'transferable')::boolean
       FROM jsonb_array_elements($1::jsonb) AS row
     ON CONFLICT (id) DO UPDATE
       SET scopes = excluded.scopes, cap = excluded.cap, transferable = excluded.transferable`,
    [JSON.stringify(rows)],
  );
  await client.query('INSERT INTO ledger.system_account (id) SELECT unnest($1::text[]) ON CONFLICT (id) DO NOTHING', [
    systemAccounts.all.map(({ id }) => id),
  ]);
}

async function apply(client: Client, { number, name, sql }: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query('INSERT INTO public.ledger_migration (number, name, checksum) VALUES ($1, $2, $3)', [
      number,
      name,
      checksumOf(sql),
    ]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw new Error(`migration ${number} (${name}) failed and changed nothing`, { cause: error });
  }
}

function assertNoDrift(applied: readonly { number: number; checksum: string }[], all: readonly Migration[]): void {
  for (const { number, checksum } of applied) {
    const known = all.find((migration) => migration.number === number);
    if (!known) throw new MigrationDriftError(`migration ${number} has run, but this code does not have it`);
    if (checksumOf(known.sql) !== checksum)
      throw new MigrationDriftError(`migration ${number} was edited after it ran`);
  }
}

function checksumOf(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
}
