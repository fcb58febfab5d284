import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createAccount } from '#functions/account/public.ts';
import { emailHash } from '#functions/auth/email.ts';
import { hashPassword } from '#functions/auth/password-hash.ts';
import { putCredential, putEmailClaim } from '#functions/auth/store.ts';
import type { RunningAddresses } from '#scripts/local/cloud.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { createId } from '#shared/kernel/ids.ts';
import { createDocumentClient, useTable } from '#shared/table/table.ts';

const PASSWORD = 'a thousand doors in the rain 2077';
const SIDE_BY_SIDE = 16;

export interface BenchAccount {
  readonly accountId: string;
  readonly email: string;
  readonly password: string;
  /** A loopback address of its own, as every player has one: limits by address concern each alone. */
  readonly localAddress: string;
}

/**
 * Accounts as registration leaves them, written through the domains' own stores. They share one password and its hash,
 * so that making them does not take longer than what is to be measured.
 */
export async function makeAccounts({ sdkEnvironment }: RunningAddresses, count: number): Promise<BenchAccount[]> {
  const credentials = {
    accessKeyId: sdkEnvironment.AWS_ACCESS_KEY_ID!,
    secretAccessKey: sdkEnvironment.AWS_SECRET_ACCESS_KEY!,
  };
  const region = sdkEnvironment.AWS_REGION!;
  const secrets = new SecretsManagerClient({
    endpoint: sdkEnvironment.AWS_ENDPOINT_URL_SECRETS_MANAGER!,
    region,
    credentials,
  });
  const pepper = await secrets.send(new GetSecretValueCommand({ SecretId: 'necpgame/dev/password-pepper' }));
  secrets.destroy();
  const passwordHash = await hashPassword(PASSWORD, pepper.SecretString!);

  const client = new DynamoDBClient({ endpoint: sdkEnvironment.AWS_ENDPOINT_URL_DYNAMODB!, region, credentials });
  const { TableNames } = await client.send(new ListTablesCommand({}));
  const undo = useTable({ client: createDocumentClient(client), tableName: TableNames![0]! });
  try {
    const accounts = Array.from({ length: count }, (_none, index) => ({
      accountId: createId('acc'),
      email: `bench-${index}@players.necpgame.test`,
      password: PASSWORD,
      // 127.1.0.1 and on: loopback, and no two alike.
      localAddress: `127.1.${Math.floor(index / 250)}.${(index % 250) + 1}`,
    }));
    for (let from = 0; from < accounts.length; from += SIDE_BY_SIDE) {
      await Promise.all(
        accounts.slice(from, from + SIDE_BY_SIDE).map(async ({ accountId, email }) => {
          const hash = emailHash(email);
          const created = createAccount({ accountId, email, locale: 'en', nowMs: Date.now() });
          const operation = createOperation({
            actor: { origin: 'bench' },
            correlationId: accountId,
            causationId: accountId,
          });
          const proven = {
            writes: [
              putEmailClaim(hash, accountId),
              putCredential({ accountId, emailHash: hash, passwordHash, loginCount: 0 }),
            ],
          };
          await operation.commit(mergeChanges(created, proven));
        }),
      );
    }
    return accounts;
  } finally {
    undo();
    client.destroy();
  }
}
