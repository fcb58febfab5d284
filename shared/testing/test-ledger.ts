import { Client } from 'pg';
import { freePort } from '#scripts/local/services/free-port.ts';
import { PostgresService } from '#scripts/local/services/postgres/postgres-service.ts';
import { migrate, seedContent } from '#shared/ledger/migrate.ts';
import { PostgresLedger } from '#shared/ledger/postgres-ledger.ts';

/** A Postgres of its own with an empty ledger in it, and the application's way into it. */
export async function startTestLedger() {
  const port = await freePort();
  const postgres = new PostgresService({
    port,
    databases: [{ database: 'ledger', masterUser: 'ledger_owner', masterPassword: 'x' }],
  });
  await postgres.start();
  const connect = async (user: string, database = 'ledger'): Promise<Client> => {
    const client = new Client({ host: '127.0.0.1', port, user, database });
    // A connection that breaks is told by the call that it broke under.
    client.on('error', () => {});
    await client.connect();
    return client;
  };
  let owner = await connect('ledger_owner');
  await migrate(owner);
  await seedContent(owner);
  const ledgers: PostgresLedger[] = [];
  return {
    /** Another process's ledger: a connection of its own. */
    ledger(): PostgresLedger {
      const one = new PostgresLedger(() => connect('ledger_app'));
      ledgers.push(one);
      return one;
    },
    connect,
    get owner(): Client {
      return owner;
    },
    /** Kills Postgres while whoever is connected works on, and starts it again. */
    async crash(): Promise<void> {
      await postgres.crash();
      owner = await connect('ledger_owner');
    },
    async stop(): Promise<void> {
      await Promise.all(ledgers.map((one) => one.close()));
      await owner.end();
      await postgres.stop();
    },
  };
}
