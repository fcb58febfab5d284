import { Entity, type FormattedItem } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { map } from 'dynamodb-toolbox/schema/map';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId, NotificationId } from '#shared/kernel/ids.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { notificationKeys } from '#shared/table/keys/notification.ts';
import { entityDefaults, table, tableName } from '#shared/table/table.ts';
import type { TransactAction, Write } from '#shared/table/write.ts';
import type { Box, StoredNotice } from './rules.ts';
import { type NoticeParams, noticeCodes } from './templates.ts';
import { refKinds } from './topics.ts';

/** Positions sort as text: padded to the digits of the largest safe integer. */
function padded(position: number): string {
  return String(position).padStart(16, '0');
}

const NotificationEntity = new Entity({
  ...entityDefaults,
  name: 'Notification',
  table,
  schema: item({
    accountId: string().key(),
    position: number().key(),
    id: string(),
    code: string().enum(...noticeCodes),
    /** JSON: values of many shapes that nobody queries by. */
    params: string(),
    ref: map({ kind: string().enum(...refKinds), id: string() }).optional(),
    dedupeKey: string().optional(),
    createdAtMs: number(),
    expiresAtMs: number(),
    ttl: number(),
  }),
  computeKey: ({ accountId, position }) =>
    notificationKeys.notification.primary({ accountId, position: padded(position) }),
});

const BoxEntity = new Entity({
  ...entityDefaults,
  name: 'NotificationBox',
  table,
  schema: item({
    accountId: string().key(),
    last: number().optional(),
    readUpTo: number().optional(),
    readAtMs: number().optional(),
  }),
  computeKey: notificationKeys.box.primary,
});

const DedupeEntity = new Entity({
  ...entityDefaults,
  name: 'NotificationDedupe',
  table,
  schema: item({ accountId: string().key(), dedupeKey: string().key(), position: number(), ttl: number() }),
  computeKey: notificationKeys.dedupe.primary,
});

function noticeOf(row: FormattedItem<typeof NotificationEntity>): StoredNotice {
  return {
    accountId: row.accountId as AccountId,
    id: row.id as NotificationId,
    position: row.position,
    code: row.code,
    params: JSON.parse(row.params) as NoticeParams,
    ref: row.ref,
    dedupeKey: row.dedupeKey,
    createdAtMs: row.createdAtMs,
    expiresAtMs: row.expiresAtMs,
  };
}

function boxOf(row: Partial<Box> | undefined): Box {
  return { last: row?.last ?? 0, readUpTo: row?.readUpTo ?? 0, readAtMs: row?.readAtMs };
}

/** The player's list as it stands, strongly consistent. */
export async function getBox(accountId: AccountId): Promise<Box> {
  const { Item } = await BoxEntity.build(GetItemCommand).key({ accountId }).options({ consistent: true }).send();
  return boxOf(Item);
}

/** The list's state, and the position of the stored notification with this key, if there may be one. */
export async function getBoxAndReplaced(
  accountId: AccountId,
  dedupeKey: string | undefined,
): Promise<{ box: Box; replaced: number | undefined }> {
  const [box, replaced] = await Promise.all([getBox(accountId), dedupeKey && getReplaced(accountId, dedupeKey)]);
  return { box, replaced: replaced || undefined };
}

async function getReplaced(accountId: AccountId, dedupeKey: string): Promise<number | undefined> {
  const { Item } = await DedupeEntity.build(GetItemCommand)
    .key({ accountId, dedupeKey })
    .options({ consistent: true })
    .send();
  return Item?.position;
}

/** Sets attributes of the box, which others may be changing in part at the same moment. */
function updateBox(
  accountId: AccountId,
  changes: Partial<Box>,
  condition: { expression: string; values: Readonly<Record<string, number>> },
): TransactAction {
  const names = Object.keys(changes);
  return {
    params: () => ({
      Update: {
        TableName: tableName(),
        Key: notificationKeys.box.primary({ accountId }),
        UpdateExpression: `SET #entity = :entity, accountId = :account, ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
        ConditionExpression: condition.expression,
        ExpressionAttributeNames: {
          '#entity': tableDefinition.entityAttribute,
          ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
        },
        ExpressionAttributeValues: {
          ':entity': BoxEntity.entityName,
          ':account': accountId,
          ...Object.fromEntries(Object.entries(changes).map(([name, value]) => [`:${name}`, value])),
          ...condition.values,
        },
      },
    }),
  };
}

/** Adds a notification and lets others leave, if nobody has added one since the box was read. */
export function addWrites(stored: StoredNotice, box: Box, leaving: readonly number[]): readonly Write[] {
  const { accountId, position, dedupeKey, params, ...rest } = stored;
  const ttl = ttlSeconds(stored.expiresAtMs);
  return [
    updateBox(
      accountId,
      { last: position },
      box.last === 0
        ? { expression: 'attribute_not_exists(#last)', values: {} }
        : { expression: '#last = :seen', values: { ':seen': box.last } },
    ),
    NotificationEntity.build(PutTransaction).item({
      ...rest,
      accountId,
      position,
      dedupeKey,
      params: JSON.stringify(params),
      ttl,
    }),
    ...(dedupeKey === undefined
      ? []
      : [DedupeEntity.build(PutTransaction).item({ accountId, dedupeKey, position, ttl })]),
    ...leaving.map((gone) => NotificationEntity.build(DeleteTransaction).key({ accountId, position: gone })),
  ];
}

/** A page of live notifications, newest first. */
export async function listNotifications(
  accountId: AccountId,
  page: { nowMs: number; limit: number; after: string | undefined },
): Promise<{ notices: readonly StoredNotice[]; lastKey: string | undefined }> {
  const { sortPrefix } = notificationKeys.notification;
  const partition = notificationKeys.notification.partition({ accountId });
  const { Items = [], LastEvaluatedKey } = await table
    .build(QueryCommand)
    .entities(NotificationEntity)
    .query({ partition, range: { beginsWith: sortPrefix } })
    .options({
      reverse: true,
      limit: page.limit,
      ...(page.after === undefined ? {} : { exclusiveStartKey: { pk: partition, sk: page.after } }),
    })
    .send();
  const notices = Items.map(noticeOf).filter(({ expiresAtMs }) => expiresAtMs > page.nowMs);
  // They expire in the order of their positions: behind an expired one there is nothing live.
  const more = notices.length === Items.length;
  return { notices, lastKey: more ? (LastEvaluatedKey?.sk as string | undefined) : undefined };
}

/** How many live notifications stand above a position; at most 200, since no more are kept. */
export async function countAbove(accountId: AccountId, position: number, nowMs: number): Promise<number> {
  const { primary, partition } = notificationKeys.notification;
  const { Count = 0 } = await table
    .build(QueryCommand)
    .entities(NotificationEntity)
    .query({
      partition: partition({ accountId }),
      range: {
        between: [
          primary({ accountId, position: padded(position + 1) }).sk,
          primary({ accountId, position: padded(Number.MAX_SAFE_INTEGER) }).sk,
        ],
      },
    })
    .options({ select: 'COUNT', filters: { Notification: { attr: 'expiresAtMs', gt: nowMs } } })
    .send();
  return Count;
}

/** Moves the read marker forward, if it still stands below. */
export function moveMarker(accountId: AccountId, readUpTo: number, nowMs: number): Write {
  const below = { expression: 'attribute_not_exists(#readUpTo) OR #readUpTo < :readUpTo', values: {} };
  return updateBox(accountId, { readUpTo, readAtMs: nowMs }, below);
}
