import { UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { Entity, type FormattedItem } from 'dynamodb-toolbox/entity';
import { BatchDeleteRequest } from 'dynamodb-toolbox/entity/actions/batchDelete';
import { BatchGetRequest } from 'dynamodb-toolbox/entity/actions/batchGet';
import { DeleteItemCommand } from 'dynamodb-toolbox/entity/actions/delete';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put';
import { boolean } from 'dynamodb-toolbox/schema/boolean';
import { item } from 'dynamodb-toolbox/schema/item';
import { map } from 'dynamodb-toolbox/schema/map';
import { number } from 'dynamodb-toolbox/schema/number';
import { record } from 'dynamodb-toolbox/schema/record';
import { string } from 'dynamodb-toolbox/schema/string';
import { BatchWriteCommand, execute } from 'dynamodb-toolbox/table/actions/batchWrite';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { getSessionBeside, type Session } from '#functions/session/public.ts';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId, SessionId } from '#shared/kernel/ids.ts';
import { MAX_SUBSCRIPTIONS } from '#shared/stomp/session.ts';
import { isConditionFailed } from '#shared/table/condition-failed.ts';
import { pushKeys } from '#shared/table/keys/push.ts';
import { documentClient, entityDefaults, table, tableName } from '#shared/table/table.ts';

const ConnectionEntity = new Entity({
  ...entityDefaults,
  name: 'Connection',
  table,
  schema: item({
    accountId: string().key(),
    connectionId: string().key(),
    sessionId: string(),
    connectedAtMs: number(),
    /** Whether the client has sent CONNECT. */
    greeted: boolean(),
    /** By the id that the client gave each. */
    subscriptions: record(string(), map({ destination: string(), shard: number() })),
    expiresAtMs: number(),
    ttl: number(),
  }),
  computeKey: pushKeys.connection.primary,
});

const TopicSubscriberEntity = new Entity({
  ...entityDefaults,
  name: 'TopicSubscriber',
  table,
  schema: item({
    destination: string().key(),
    shard: number().key(),
    connectionId: string().key(),
    subscriptionId: string().key(),
    accountId: string(),
    expiresAtMs: number(),
    ttl: number(),
  }),
  // A client chooses its ids freely, `#` among them.
  computeKey: ({ subscriptionId, ...key }) =>
    pushKeys.topicSubscriber.primary({ ...key, subscription: Buffer.from(subscriptionId).toString('base64url') }),
});

/** A connection by its key. */
export interface ConnectionKey {
  readonly accountId: string;
  readonly connectionId: string;
}

/** What a client listens to, under an id of its own. */
export interface Subscription {
  readonly subscriptionId: string;
  readonly destination: string;
  readonly shard: number;
}

/** An open connection with its subscriptions. */
export interface Connection extends ConnectionKey {
  readonly sessionId: string;
  readonly connectedAtMs: number;
  /** True from CONNECT on. */
  readonly greeted: boolean;
  readonly expiresAtMs: number;
  readonly subscriptions: readonly Subscription[];
}

function connectionOf(row: FormattedItem<typeof ConnectionEntity>): Connection {
  const { accountId, connectionId, sessionId, connectedAtMs, greeted, expiresAtMs } = row;
  return {
    accountId,
    connectionId,
    sessionId,
    connectedAtMs,
    greeted,
    expiresAtMs,
    subscriptions: Object.entries(row.subscriptions).flatMap(([subscriptionId, one]) =>
      one ? [{ subscriptionId, ...one }] : [],
    ),
  };
}

/** Registers a connection. What is beyond the account's share of connections is the caller's to end. */
export async function openConnection(connection: Omit<Connection, 'greeted' | 'subscriptions'>): Promise<void> {
  await ConnectionEntity.build(PutItemCommand)
    .item({ ...connection, greeted: false, subscriptions: {}, ttl: ttlSeconds(connection.expiresAtMs) })
    .send();
}

/**
 * The connections that an account has, strongly consistent: those that have not been closed in an orderly way among
 * them. Each that is opened ends what is beyond five, so there are never many.
 */
export async function listConnections(accountId: string): Promise<readonly Connection[]> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(ConnectionEntity)
    .query({ partition: pushKeys.connection.partition({ accountId }) })
    .options({ consistent: true })
    .send();
  return Items.map(connectionOf);
}

function current(row: FormattedItem<typeof ConnectionEntity> | undefined, nowMs: number): Connection | undefined {
  return row && row.expiresAtMs > nowMs ? connectionOf(row) : undefined;
}

/** A registered connection, strongly consistent: what replaced or closed it shows at once. */
export async function getConnection(key: ConnectionKey, nowMs: number): Promise<Connection | undefined> {
  const { Item } = await ConnectionEntity.build(GetItemCommand).key(key).options({ consistent: true }).send();
  return current(Item, nowMs);
}

/** A registered connection and its session, in one call and strongly consistent. */
export async function getConnectionAndSession(
  { accountId, connectionId, sessionId }: { accountId: AccountId; connectionId: string; sessionId: SessionId },
  nowMs: number,
): Promise<{ connection: Connection | undefined; session: Session | undefined }> {
  const request = ConnectionEntity.build(BatchGetRequest).key({ accountId, connectionId });
  const { session, other } = await getSessionBeside(sessionId, request);
  return { connection: current(other, nowMs), session };
}

/** Changes a connection's row; false when the condition does not hold. */
async function update(
  key: ConnectionKey,
  change: Pick<
    UpdateCommandInput,
    'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
  >,
): Promise<boolean> {
  try {
    const at = { TableName: tableName(), Key: pushKeys.connection.primary(key) };
    await documentClient().send(new UpdateCommand({ ...at, ...change }));
    return true;
  } catch (error) {
    if (isConditionFailed(error)) return false;
    throw error;
  }
}

/** Notes that the client has sent CONNECT. False when it had already, or is not registered. */
export function markGreeted(key: ConnectionKey): Promise<boolean> {
  return update(key, {
    UpdateExpression: 'SET greeted = :true',
    ConditionExpression: 'greeted = :false',
    ExpressionAttributeValues: { ':true': true, ':false': false },
  });
}

function subscriberKey({ connectionId }: ConnectionKey, { subscriptionId, destination, shard }: Subscription) {
  return { connectionId, subscriptionId, destination, shard };
}

/**
 * Stores a subscription on both sides: among the topic's subscribers first, so that one that its connection knows of is
 * served. False when the connection is gone, knows the id already, or has no room: nothing is left then.
 */
export async function addSubscription(connection: Connection, subscription: Subscription): Promise<boolean> {
  const { accountId, expiresAtMs } = connection;
  const key = subscriberKey(connection, subscription);
  await TopicSubscriberEntity.build(PutItemCommand)
    .item({ ...key, accountId, expiresAtMs, ttl: ttlSeconds(expiresAtMs) })
    .send();
  const { subscriptionId, destination, shard } = subscription;
  const added = await update(connection, {
    UpdateExpression: 'SET subscriptions.#id = :subscription',
    ConditionExpression: 'greeted = :true AND attribute_not_exists(subscriptions.#id) AND size(subscriptions) < :most',
    ExpressionAttributeNames: { '#id': subscriptionId },
    ExpressionAttributeValues: { ':subscription': { destination, shard }, ':true': true, ':most': MAX_SUBSCRIPTIONS },
  });
  if (!added) await TopicSubscriberEntity.build(DeleteItemCommand).key(key).send();
  return added;
}

/**
 * Ends a subscription on both sides. Harmless when it has ended already, also when the client has given its id to another
 * destination since.
 */
export async function removeSubscription(key: ConnectionKey, subscription: Subscription): Promise<void> {
  await TopicSubscriberEntity.build(DeleteItemCommand).key(subscriberKey(key, subscription)).send();
  await update(key, {
    UpdateExpression: 'REMOVE subscriptions.#id',
    ConditionExpression: 'subscriptions.#id.destination = :destination',
    ExpressionAttributeNames: { '#id': subscription.subscriptionId },
    ExpressionAttributeValues: { ':destination': subscription.destination },
  });
}

/** Requests of one BatchWriteItem call: the service's limit. */
const BATCH = 25;

/**
 * Forgets a connection and what it listens to; harmless when it is forgotten already. Where it breaks off, subscribers
 * are left that the next message finds gone, and that expire.
 */
export async function forgetConnection({ accountId, connectionId }: ConnectionKey): Promise<void> {
  const { Attributes } = await ConnectionEntity.build(DeleteItemCommand)
    .key({ accountId, connectionId })
    .options({ returnValues: 'ALL_OLD' })
    .send();
  if (!Attributes) return;
  const connection = connectionOf(Attributes);
  const requests = connection.subscriptions.map((one) =>
    TopicSubscriberEntity.build(BatchDeleteRequest).key(subscriberKey(connection, one)),
  );
  for (let from = 0; from < requests.length; from += BATCH) {
    await execute({ maxAttempts: 4 }, table.build(BatchWriteCommand).requests(...requests.slice(from, from + BATCH)));
  }
}

/** A subscription among those of its topic. */
export interface TopicSubscriber extends ConnectionKey, Subscription {}

/** Forgets a subscriber whose connection is gone, and the connection with everything else that it listened to. */
export async function forgetSubscriber(subscriber: TopicSubscriber): Promise<void> {
  await forgetConnection(subscriber);
  // Also where its connection knew nothing of it.
  await TopicSubscriberEntity.build(DeleteItemCommand).key(subscriberKey(subscriber, subscriber)).send();
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
