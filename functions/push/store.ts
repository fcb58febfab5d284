import { Entity, type FormattedItem } from 'dynamodb-toolbox/entity';
import { BatchDeleteRequest } from 'dynamodb-toolbox/entity/actions/batchDelete';
import { DeleteItemCommand } from 'dynamodb-toolbox/entity/actions/delete';
import type { Condition } from 'dynamodb-toolbox/entity/actions/parseCondition';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateItemCommand } from 'dynamodb-toolbox/entity/actions/update';
import { boolean } from 'dynamodb-toolbox/schema/boolean';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { BatchWriteCommand, execute } from 'dynamodb-toolbox/table/actions/batchWrite';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { GameError } from '#shared/contract/errors.ts';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import { randomToken } from '#shared/kernel/random.ts';
import { isConditionFailed } from '#shared/table/condition-failed.ts';
import { pushKeys } from '#shared/table/keys/push.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import { ConditionFailedError, transactWrite } from '#shared/table/transact.ts';
import type { Write } from '#shared/table/write.ts';
import type { Place } from './rules.ts';

const ConnectionEntity = new Entity({
  ...entityDefaults,
  name: 'Connection',
  table,
  schema: item({
    connectionId: string().key(),
    accountId: string(),
    sessionId: string(),
    place: number(),
    connected: boolean(),
    expiresAtMs: number(),
    ttl: number(),
  }),
  computeKey: pushKeys.connection.primary,
});

const ConnectionSubscriptionEntity = new Entity({
  ...entityDefaults,
  name: 'ConnectionSubscription',
  table,
  schema: item({
    connectionId: string().key(),
    slot: number().key(),
    subscriptionId: string(),
    destination: string(),
    shard: number(),
    ttl: number(),
  }),
  computeKey: pushKeys.connectionSubscription.primary,
});

const AccountConnectionEntity = new Entity({
  ...entityDefaults,
  name: 'AccountConnection',
  table,
  schema: item({
    accountId: string().key(),
    place: number().key(),
    connectionId: string(),
    sessionId: string(),
    connectedAtMs: number(),
    expiresAtMs: number(),
    ttl: number(),
  }),
  computeKey: pushKeys.accountConnection.primary,
});

const TopicSubscriberEntity = new Entity({
  ...entityDefaults,
  name: 'TopicSubscriber',
  table,
  schema: item({
    destination: string().key(),
    shard: number().key(),
    connectionId: string().key(),
    slot: number().key(),
    subscriptionId: string(),
    expiresAtMs: number(),
    ttl: number(),
  }),
  computeKey: pushKeys.topicSubscriber.primary,
});

export interface Subscription {
  readonly slot: number;
  readonly subscriptionId: string;
  readonly destination: string;
  readonly shard: number;
}

/** An open connection with its subscriptions. */
export interface Connection {
  readonly connectionId: string;
  readonly accountId: string;
  readonly sessionId: string;
  readonly place: number;
  /** True from CONNECT on. */
  readonly connected: boolean;
  readonly expiresAtMs: number;
  readonly subscriptions: readonly Subscription[];
}

/** Commits or fails as a whole; a condition that does not hold is a race with somebody else. */
async function commit(writes: readonly Write[]): Promise<void> {
  try {
    await transactWrite(writes, randomToken(24));
  } catch (error) {
    if (error instanceof ConditionFailedError) throw new GameError('request.conflict', {}, { cause: error });
    throw error;
  }
}

/** The connections that an account has, as far as they were not closed in an orderly way: at most 5. */
export async function listPlaces(accountId: string): Promise<readonly Place[]> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(AccountConnectionEntity)
    .query({ partition: pushKeys.accountConnection.partition({ accountId }) })
    .options({ consistent: true })
    .send();
  return Items;
}

/**
 * Registers a connection at a place of its account. Whoever occupied the place loses its registration in the same
 * transaction, and with it the right to be served.
 * @throws GameError `request.conflict` when the place changed hands meanwhile.
 */
export async function openConnection(
  connection: {
    connectionId: string;
    accountId: string;
    sessionId: string;
    connectedAtMs: number;
    expiresAtMs: number;
  },
  { place, occupant }: { place: number; occupant: Place | undefined },
): Promise<void> {
  const { connectionId, accountId, sessionId, connectedAtMs, expiresAtMs } = connection;
  const ttl = ttlSeconds(expiresAtMs);
  const unchanged: Condition<typeof AccountConnectionEntity> = occupant
    ? { attr: 'connectionId', eq: occupant.connectionId }
    : { attr: 'connectionId', exists: false };
  await commit([
    AccountConnectionEntity.build(PutTransaction)
      .item({ accountId, place, connectionId, sessionId, connectedAtMs, expiresAtMs, ttl })
      .options({ condition: unchanged }),
    ConnectionEntity.build(PutTransaction)
      .item({ connectionId, accountId, sessionId, place, connected: false, expiresAtMs, ttl })
      .options({ condition: { attr: 'connectionId', exists: false } }),
    ...(occupant ? [ConnectionEntity.build(DeleteTransaction).key({ connectionId: occupant.connectionId })] : []),
  ]);
}

/** A registered connection, strongly consistent: what replaced or closed it shows at once. */
export async function getConnection(connectionId: string, nowMs: number): Promise<Connection | undefined> {
  const rows = await connectionRows(connectionId);
  const { connection } = rows;
  if (!connection || connection.expiresAtMs <= nowMs) return undefined;
  const { accountId, sessionId, place, connected, expiresAtMs } = connection;
  return { connectionId, accountId, sessionId, place, connected, expiresAtMs, subscriptions: rows.subscriptions };
}

async function connectionRows(connectionId: string): Promise<{
  connection: FormattedItem<typeof ConnectionEntity> | undefined;
  subscriptions: readonly Subscription[];
}> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(ConnectionEntity, ConnectionSubscriptionEntity)
    .query({ partition: pushKeys.connection.partition({ connectionId }) })
    .options({ consistent: true, showEntityAttr: true })
    .send();
  const connection = Items.find((one) => one.entity === 'Connection');
  const subscriptions = Items.filter((one) => one.entity === 'ConnectionSubscription');
  return { connection, subscriptions };
}

/** Notes that the client has sent CONNECT. False when it had already, or is not registered. */
export async function markConnected(connectionId: string): Promise<boolean> {
  try {
    await ConnectionEntity.build(UpdateItemCommand)
      .item({ connectionId, connected: true })
      .options({ condition: { attr: 'connected', eq: false } })
      .send();
    return true;
  } catch (error) {
    if (isConditionFailed(error)) return false;
    throw error;
  }
}

/**
 * Stores a subscription on both sides: with its connection, and among the topic's subscribers.
 * @throws GameError `request.conflict` when the slot was taken meanwhile.
 */
export async function addSubscription(connection: Connection, subscription: Subscription): Promise<void> {
  const { connectionId, expiresAtMs } = connection;
  const ttl = ttlSeconds(expiresAtMs);
  await commit([
    ConnectionSubscriptionEntity.build(PutTransaction)
      .item({ connectionId, ...subscription, ttl })
      .options({ condition: { attr: 'slot', exists: false } }),
    TopicSubscriberEntity.build(PutTransaction).item({ connectionId, ...subscription, expiresAtMs, ttl }),
  ]);
}

/** Ends a subscription on both sides. */
export async function removeSubscription(connectionId: string, subscription: Subscription): Promise<void> {
  const { slot, destination, shard } = subscription;
  await commit([
    ConnectionSubscriptionEntity.build(DeleteTransaction).key({ connectionId, slot }),
    TopicSubscriberEntity.build(DeleteTransaction).key({ connectionId, slot, destination, shard }),
  ]);
}

/** Requests of one BatchWriteItem call: the service's limit. */
const BATCH = 25;

/** Forgets a connection and all that hangs on it. Harmless when it is forgotten already; a part that fails can be repeated. */
export async function forgetConnection(connectionId: string): Promise<void> {
  const { connection, subscriptions } = await connectionRows(connectionId);
  const requests = [
    // The topics' side first: the connection's own rows are what tells a repetition of them.
    ...subscriptions.map(({ slot, destination, shard }) =>
      TopicSubscriberEntity.build(BatchDeleteRequest).key({ connectionId, slot, destination, shard }),
    ),
    ...subscriptions.map(({ slot }) =>
      ConnectionSubscriptionEntity.build(BatchDeleteRequest).key({ connectionId, slot }),
    ),
    ...(connection ? [ConnectionEntity.build(BatchDeleteRequest).key({ connectionId })] : []),
  ];
  if (connection) {
    const { accountId, place } = connection;
    await AccountConnectionEntity.build(DeleteItemCommand)
      .key({ accountId, place })
      .options({ condition: { attr: 'connectionId', eq: connectionId } })
      .send()
      .catch((error: unknown) => {
        if (!isConditionFailed(error)) throw error;
      });
  }
  for (let from = 0; from < requests.length; from += BATCH) {
    await execute({ maxAttempts: 4 }, table.build(BatchWriteCommand).requests(...requests.slice(from, from + BATCH)));
  }
}

export interface TopicSubscriber {
  readonly connectionId: string;
  readonly subscriptionId: string;
}

/** A page of the subscribers in one shard of a destination, strongly consistent: who has a receipt is in it. */
export async function listSubscribers(
  of: { destination: string; shard: number },
  page: { nowMs: number; limit: number; after: string | undefined },
): Promise<{ subscribers: readonly TopicSubscriber[]; lastKey: string | undefined }> {
  const partition = pushKeys.topicSubscriber.partition(of);
  const { Items = [], LastEvaluatedKey } = await table
    .build(QueryCommand)
    .entities(TopicSubscriberEntity)
    .query({ partition })
    .options({
      consistent: true,
      limit: page.limit,
      ...(page.after === undefined ? {} : { exclusiveStartKey: { pk: partition, sk: page.after } }),
    })
    .send();
  return {
    subscribers: Items.filter(({ expiresAtMs }) => expiresAtMs > page.nowMs),
    lastKey: LastEvaluatedKey?.sk as string | undefined,
  };
}
