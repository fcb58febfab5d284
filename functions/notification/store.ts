import { Entity, type FormattedItem } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { map } from 'dynamodb-toolbox/schema/map';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { GameError } from '#shared/contract/errors.ts';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId, NotificationId } from '#shared/kernel/ids.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { notificationKeys } from '#shared/table/keys/notification.ts';
import { sortableNumber } from '#shared/table/sortable-number.ts';
import { entityDefaults, table, tableName } from '#shared/table/table.ts';
import { guarded, type TransactAction, type Write } from '#shared/table/write.ts';
import { defaultPreferences, type Preferences } from './preferences.ts';
import type { Box, Replaced, StoredNotice } from './rules.ts';
import { type NoticeCode, type NoticeParams, noticeCodes } from './templates.ts';
import { refKinds } from './topics.ts';

/** A transaction holds 100 actions; the inbox mark and the outbox are others. */
const ROWS_PER_ERASURE = 90;

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
    times: number(),
    text: string().optional(),
    createdAtMs: number(),
    expiresAtMs: number(),
    ttl: number(),
  }),
  computeKey: ({ accountId, position }) =>
    notificationKeys.notification.primary({ accountId, position: sortableNumber(position) }),
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
    /** JSON, as the player has set them. */
    preferences: string().optional(),
  }),
  computeKey: notificationKeys.box.primary,
});

const DedupeEntity = new Entity({
  ...entityDefaults,
  name: 'NotificationDedupe',
  table,
  schema: item({
    accountId: string().key(),
    dedupeKey: string().key(),
    position: number(),
    times: number(),
    ttl: number(),
  }),
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
    times: row.times,
    text: row.text,
    createdAtMs: row.createdAtMs,
    expiresAtMs: row.expiresAtMs,
  };
}

function boxOf(row: FormattedItem<typeof BoxEntity> | undefined): Box {
  return {
    last: row?.last ?? 0,
    readUpTo: row?.readUpTo ?? 0,
    readAtMs: row?.readAtMs,
    preferences: row?.preferences ? (JSON.parse(row.preferences) as Preferences) : defaultPreferences,
  };
}

/** The player's list as it stands, strongly consistent. */
export async function getBox(accountId: AccountId): Promise<Box> {
  const { Item } = await BoxEntity.build(GetItemCommand).key({ accountId }).options({ consistent: true }).send();
  return boxOf(Item);
}

/** The list's state, and the notification with this key, if there was one. */
export async function getBoxAndReplaced(
  accountId: AccountId,
  dedupeKey: string | undefined,
): Promise<{ box: Box; replaced: Replaced | undefined }> {
  const [box, replaced] = await Promise.all([
    getBox(accountId),
    dedupeKey === undefined ? undefined : getReplaced(accountId, dedupeKey),
  ]);
  return { box, replaced };
}

async function getReplaced(accountId: AccountId, dedupeKey: string): Promise<Replaced | undefined> {
  const { Item } = await DedupeEntity.build(GetItemCommand)
    .key({ accountId, dedupeKey })
    .options({ consistent: true })
    .send();
  return Item && { position: Item.position, times: Item.times };
}

/** Sets attributes of the box, which others may be changing in part at the same moment. */
function updateBox(
  accountId: AccountId,
  changes: Readonly<Record<string, string | number>>,
  condition?: { expression: string; values: Readonly<Record<string, number>> },
): TransactAction {
  const names = Object.keys(changes);
  return {
    params: () => ({
      Update: {
        TableName: tableName(),
        Key: notificationKeys.box.primary({ accountId }),
        UpdateExpression: `SET #entity = :entity, accountId = :account, ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
        ...(condition ? { ConditionExpression: condition.expression } : {}),
        ExpressionAttributeNames: {
          '#entity': tableDefinition.entityAttribute,
          ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
        },
        ExpressionAttributeValues: {
          ':entity': BoxEntity.entityName,
          ':account': accountId,
          ...Object.fromEntries(Object.entries(changes).map(([name, value]) => [`:${name}`, value])),
          ...condition?.values,
        },
      },
    }),
  };
}

/** Adds a notification and lets others leave, if nobody has added one since the box was read. */
export function addWrites(stored: StoredNotice, box: Box, leaving: readonly number[]): readonly Write[] {
  const { accountId, position, dedupeKey, times, params, ...rest } = stored;
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
      times,
      params: JSON.stringify(params),
      ttl,
    }),
    ...(dedupeKey === undefined
      ? []
      : [DedupeEntity.build(PutTransaction).item({ accountId, dedupeKey, position, times, ttl })]),
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
  return {
    notices: Items.map(noticeOf).filter(({ expiresAtMs }) => expiresAtMs > page.nowMs),
    lastKey: LastEvaluatedKey?.sk as string | undefined,
  };
}

/** The codes of all live notifications above a position; at most 200, since no more are kept. */
export async function codesAbove(
  accountId: AccountId,
  position: number,
  nowMs: number,
): Promise<readonly NoticeCode[]> {
  const { primary, partition } = notificationKeys.notification;
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(NotificationEntity)
    .query({
      partition: partition({ accountId }),
      range: {
        between: [
          primary({ accountId, position: sortableNumber(position + 1) }).sk,
          primary({ accountId, position: sortableNumber(Number.MAX_SAFE_INTEGER) }).sk,
        ],
      },
    })
    .options({ attributes: ['code', 'expiresAtMs'] })
    .send();
  return Items.filter(({ expiresAtMs }) => expiresAtMs > nowMs).map(({ code }) => code);
}

/** Takes one off the list; `notification.not_found` where there is none. */
export function deleteNotification(accountId: AccountId, position: number): Write {
  return guarded(
    NotificationEntity.build(DeleteTransaction)
      .key({ accountId, position })
      .options({ condition: { attr: 'position', exists: true } }),
    new GameError('notification.not_found'),
  );
}

export function setPreferences(accountId: AccountId, preferences: Preferences): Write {
  return updateBox(accountId, { preferences: JSON.stringify(preferences) });
}

/** A page of what an account has here, marker and preferences included: deletes to commit, named by where they begin. */
export async function eraseWrites(
  accountId: AccountId,
): Promise<{ readonly name: string; readonly writes: readonly Write[] } | undefined> {
  const partition = notificationKeys.box.partition({ accountId });
  const { Items = [] } = await table
    .build(QueryCommand)
    .query({ partition })
    .options({ consistent: true, limit: ROWS_PER_ERASURE })
    .send();
  const keys = Items.map(({ pk, sk }) => ({ pk, sk }));
  const writes = keys.map((Key) => ({ params: () => ({ Delete: { TableName: tableName(), Key } }) }));
  return keys[0] && { name: String(keys[0].sk).replaceAll('#', '.'), writes };
}

/** Moves the read marker forward, if it still stands below. */
export function moveMarker(accountId: AccountId, readUpTo: number, nowMs: number): Write {
  const below = { expression: 'attribute_not_exists(#readUpTo) OR #readUpTo < :readUpTo', values: {} };
  return updateBox(accountId, { readUpTo, readAtMs: nowMs }, below);
}
