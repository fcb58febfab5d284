import { Entity, type FormattedItem } from 'dynamodb-toolbox/entity';
import { BatchGetRequest } from 'dynamodb-toolbox/entity/actions/batchGet';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { item } from 'dynamodb-toolbox/schema/item';
import { map } from 'dynamodb-toolbox/schema/map';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { BatchGetCommand, execute } from 'dynamodb-toolbox/table/actions/batchGet';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId, NotificationId } from '#shared/kernel/ids.ts';
import { notificationKeys } from '#shared/table/keys/notification.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
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
  if (dedupeKey === undefined) return { box: await getBox(accountId), replaced: undefined };
  const { Responses } = await execute(
    { maxAttempts: 3 },
    table
      .build(BatchGetCommand)
      .requests(
        BoxEntity.build(BatchGetRequest).key({ accountId }),
        DedupeEntity.build(BatchGetRequest).key({ accountId, dedupeKey }),
      )
      .options({ consistent: true }),
  );
  const [box, dedupe] = (Responses?.[0] ?? []) as unknown as [
    Partial<Box> | undefined,
    { position: number } | undefined,
  ];
  return { box: boxOf(box), replaced: dedupe?.position };
}

/** Adds a notification and lets others leave, if nobody has added one since the box was read. */
export function addWrites(stored: StoredNotice, box: Box, leaving: readonly number[]): readonly Write[] {
  const { accountId, position, dedupeKey, params, ...rest } = stored;
  const ttl = ttlSeconds(stored.expiresAtMs);
  return [
    BoxEntity.build(UpdateTransaction)
      .item({ accountId, last: position })
      .options({ condition: box.last === 0 ? { attr: 'last', exists: false } : { attr: 'last', eq: box.last } }),
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
  return BoxEntity.build(UpdateTransaction)
    .item({ accountId, readUpTo, readAtMs: nowMs })
    .options({
      condition: {
        or: [
          { attr: 'readUpTo', exists: false },
          { attr: 'readUpTo', lt: readUpTo },
        ],
      },
    });
}
