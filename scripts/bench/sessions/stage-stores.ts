import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createAccount } from '#functions/account/public.ts';
import { emailHash } from '#functions/auth/email.ts';
import { hashPassword } from '#functions/auth/password-hash.ts';
import { putCredential, putEmailClaim } from '#functions/auth/store.ts';
import { announcementsTopic, notificationsTopic } from '#functions/notification/topics.ts';
import { socketLimits } from '#functions/push/rules.ts';
import { listSubscribers } from '#functions/push/store.ts';
import type { RunningAddresses } from '#scripts/local/cloud.ts';
import { runningTable } from '#scripts/local/running-table.ts';
import { type Changes, mergeChanges, type Push, push } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { type AccountId, createId } from '#shared/kernel/ids.ts';
import { createDocumentClient, useTable } from '#shared/table/table.ts';

const PASSWORD = 'a thousand doors in the rain 2077';
const SIDE_BY_SIDE = 16;
/** Pushes of one commit: an outbox row holds 400 KB. */
const PUSHES_AT_ONCE = 40;
const DAY_MS = 86_400_000;

export interface BenchAccount {
  readonly accountId: AccountId;
  readonly email: string;
  readonly password: string;
  /** A loopback address of its own, as every player has one: limits by address concern each alone. */
  readonly localAddress: string;
}

/** The stores of a running local cloud, through the domains' own writes: what a benchmark needs besides its clients. */
export class StageStores {
  private readonly undo: () => void;
  private readonly client: DynamoDBClient;
  private readonly pepper: string;

  private constructor(client: DynamoDBClient, tableName: string, pepper: string) {
    this.client = client;
    this.pepper = pepper;
    this.undo = useTable({ client: createDocumentClient(client), tableName });
  }

  static async open({ sdkEnvironment }: RunningAddresses): Promise<StageStores> {
    const credentials = {
      accessKeyId: sdkEnvironment.AWS_ACCESS_KEY_ID!,
      secretAccessKey: sdkEnvironment.AWS_SECRET_ACCESS_KEY!,
    };
    const secrets = new SecretsManagerClient({
      endpoint: sdkEnvironment.AWS_ENDPOINT_URL_SECRETS_MANAGER!,
      region: sdkEnvironment.AWS_REGION!,
      credentials,
    });
    const pepper = await secrets.send(new GetSecretValueCommand({ SecretId: 'necpgame/dev/password-pepper' }));
    secrets.destroy();
    const { dynamo, tableName } = await runningTable(sdkEnvironment);
    return new StageStores(dynamo, tableName, pepper.SecretString!);
  }

  close(): void {
    this.undo();
    this.client.destroy();
  }

  /**
   * Accounts as registration leaves them. They share one password and its hash, so that making them does not take longer
   * than what is to be measured.
   */
  async makeAccounts(count: number): Promise<readonly BenchAccount[]> {
    const passwordHash = await hashPassword(PASSWORD, this.pepper);
    const accounts = Array.from({ length: count }, (_none, index) => ({
      accountId: createId('acc'),
      email: `bench-${index}@players.necpgame.test`,
      password: PASSWORD,
      // 127.1.0.1 and on: loopback, and no two alike.
      localAddress: `127.1.${Math.floor(index / 250)}.${(index % 250) + 1}`,
    }));
    for (let from = 0; from < accounts.length; from += SIDE_BY_SIDE) {
      await Promise.all(
        accounts.slice(from, from + SIDE_BY_SIDE).map(({ accountId, email }) => {
          const hash = emailHash(email);
          const created = createAccount({ accountId, email, locale: 'en', nowMs: Date.now() });
          const credential = putCredential({ accountId, emailHash: hash, passwordHash, loginCount: 0 });
          return commit(mergeChanges(created, { writes: [putEmailClaim(hash, accountId), credential] }));
        }),
      );
    }
    return accounts;
  }

  /** Tells everybody something. */
  async announce(text: string): Promise<void> {
    const message = { id: createId('ntf'), severity: 'info', text, announcedAt: toIso(Date.now()) } as const;
    await commit({ pushes: [push(announcementsTopic, {}, message)] });
  }

  /** Tells each of them something on their own topic. */
  async notifyEach(accounts: readonly BenchAccount[], text: string): Promise<void> {
    const [createdAt, expiresAt] = [toIso(Date.now()), toIso(Date.now() + DAY_MS)];
    const pushes = accounts.map(({ accountId }): Push => {
      const id = createId('ntf');
      const notice = {
        id,
        code: 'account.welcome',
        category: 'account',
        text,
        params: {},
        times: 1,
        createdAt,
        expiresAt,
      };
      return push(notificationsTopic, { accountId }, notice as never);
    });
    for (let from = 0; from < pushes.length; from += PUSHES_AT_ONCE) {
      await commit({ pushes: pushes.slice(from, from + PUSHES_AT_ONCE) });
    }
  }

  /** How many subscriptions each account has on a topic, by the account's id. */
  async subscribersOf(destination: string, isOpen: boolean): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (let shard = 0; shard < (isOpen ? socketLimits.openTopicShards : 1); shard += 1) {
      let after: string | undefined;
      do {
        const page = { nowMs: Date.now(), limit: socketLimits.fanOutPage, after };
        const { subscribers, lastKey } = await listSubscribers({ destination, shard }, page);
        for (const { accountId } of subscribers) counts.set(accountId, (counts.get(accountId) ?? 0) + 1);
        after = lastKey;
      } while (after !== undefined);
    }
    return counts;
  }
}

async function commit(changes: Changes): Promise<void> {
  const id = createId('opr');
  await createOperation({ actor: { origin: 'bench' }, correlationId: id, causationId: id }).commit(changes);
}
