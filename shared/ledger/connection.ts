import { Signer } from '@aws-sdk/rds-signer';
import { Client } from 'pg';
import { config } from '#shared/kernel/config.ts';
import { step } from '#shared/kernel/step.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** One SQL function call; far below any function's own timeout. */
const STATEMENT_TIMEOUT_MS = 5_000;

/**
 * Connects to the ledger as this function's database user, signed in by IAM through the proxy. On the loopback, where
 * no certificate is to be had, without TLS.
 */
export async function connectLedger(): Promise<Client> {
  const hostname = config('LEDGER_HOST');
  const port = Number(config('LEDGER_PORT'));
  const username = config('LEDGER_USER');
  const isLoopback = hostname === '127.0.0.1' || hostname === 'localhost';
  const signer = new Signer({ hostname, port, username });
  const client = new Client({
    host: hostname,
    port,
    user: username,
    database: config('LEDGER_DATABASE'),
    password: await signer.getAuthToken(),
    ssl: isLoopback ? false : { rejectUnauthorized: true },
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
  });
  await step('ledger.connect', () => client.connect());
  return client;
}
