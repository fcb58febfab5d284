import { connectLedger } from '#shared/ledger/connection.ts';
import { migrate } from '#shared/ledger/migrate.ts';
import { triggerHandler } from '#shared/runtime/trigger-handler.ts';
import { migrateLedger } from '../contract.ts';

/** Runs at every deployment, before the functions that rely on it; what has run already is left alone. */
export const handler = triggerHandler(migrateLedger, async () => {
  const client = await connectLedger();
  try {
    return { applied: await migrate(client) };
  } finally {
    await client.end();
  }
});
