import { connectLedger } from '#shared/ledger/connection.ts';
import { migrate, seedContent } from '#shared/ledger/migrate.ts';
import { triggerHandler } from '#shared/runtime/trigger-handler.ts';
import { migrateLedger } from '../contract.ts';

/** Runs at every deployment, before the functions that rely on it; what has run already is left alone. */
export const handler = triggerHandler(migrateLedger, async () => {
  const client = await connectLedger();
  try {
    const applied = await migrate(client);
    await seedContent(client);
    return { applied };
  } finally {
    await client.end();
  }
});
