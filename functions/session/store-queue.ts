import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateItemCommand } from 'dynamodb-toolbox/entity/actions/update';
import { $set } from 'dynamodb-toolbox/entity/actions/update/symbols';
import { item } from 'dynamodb-toolbox/schema/item';
import { list } from 'dynamodb-toolbox/schema/list';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { GameError } from '#shared/contract/errors.ts';
import type { AccountId, Slug } from '#shared/kernel/ids.ts';
import { isConditionFailed } from '#shared/table/condition-failed.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { sessionKeys } from '#shared/table/keys/session.ts';
import { sortableNumber } from '#shared/table/sortable-number.ts';
import { documentClient, entityDefaults, table, tableName } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import { queueLimits } from './queue-rules.ts';

const QueueEntity = new Entity({
  ...entityDefaults,
  name: 'RealmQueue',
  table,
  schema: item({
    realmId: string().key(),
    lastNumber: number(),
    closesAt: number(),
    marks: list(number()).optional(),
    counted: number().optional(),
    walkedUpTo: number().optional(),
    walkedAtMs: number().optional(),
    perMinute: number().optional(),
  }),
  computeKey: sessionKeys.queue.primary,
});

const EntryEntity = new Entity({
  ...entityDefaults,
  name: 'QueueEntry',
  table,
  schema: item({ realmId: string().key(), number: number().key(), accountId: string(), refreshedAtMs: number() }),
  computeKey: ({ realmId, number: entry }) =>
    sessionKeys.queueEntry.primary({ realmId, number: sortableNumber(entry) }),
});

const QueuedEntity = new Entity({
  ...entityDefaults,
  name: 'Queued',
  table,
  schema: item({ accountId: string().key(), realmId: string(), number: number() }),
  computeKey: sessionKeys.queued.primary,
});

/** A realm's queue, as it was when it was last walked. */
export interface Queue {
  /** The newest number that was drawn. */
  readonly lastNumber: number;
  /** Numbers at positions 1, 101, 201 … at the last walk. */
  readonly marks: readonly number[];
  readonly counted: number;
  /** The newest number at the last walk. */
  readonly walkedUpTo: number;
  readonly walkedAtMs: number;
  readonly perMinute?: number | undefined;
}

/** Who waits, and under which number. */
export interface QueueEntry {
  readonly realmId: Slug;
  readonly number: number;
  readonly accountId: AccountId;
  readonly refreshedAtMs: number;
}

/** Strongly consistent; undefined before the first ever waited. */
export async function getQueue(realmId: Slug): Promise<Queue | undefined> {
  const { Item } = await QueueEntity.build(GetItemCommand).key({ realmId }).options({ consistent: true }).send();
  if (!Item) return undefined;
  const { lastNumber, marks = [], counted = 0, walkedUpTo = 0, walkedAtMs = 0, perMinute } = Item;
  return { lastNumber, marks, counted, walkedUpTo, walkedAtMs, perMinute };
}

/**
 * The next number of a realm's queue; undefined when the queue is full. Not part of any transaction: a number that is
 * drawn and never stood on is a gap and nothing else.
 */
export async function drawNumber(realmId: Slug): Promise<number | undefined> {
  try {
    const { Attributes } = await documentClient().send(
      new UpdateCommand({
        TableName: tableName(),
        Key: sessionKeys.queue.primary({ realmId }),
        UpdateExpression:
          'SET #entity = :entity, realmId = :realm, closesAt = if_not_exists(closesAt, :waiting) ADD lastNumber :one',
        ConditionExpression: 'attribute_not_exists(lastNumber) OR lastNumber < closesAt',
        ExpressionAttributeNames: { '#entity': tableDefinition.entityAttribute },
        ExpressionAttributeValues: {
          ':entity': QueueEntity.entityName,
          ':realm': realmId,
          ':waiting': queueLimits.waiting,
          ':one': 1,
        },
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    return (Attributes as { lastNumber: number }).lastNumber;
  } catch (error) {
    if (isConditionFailed(error)) return undefined;
    throw error;
  }
}

/** Notes how a walk found the queue, and up to which number it is open. */
export async function noteWalk(realmId: Slug, walk: Omit<Queue, 'lastNumber'>): Promise<void> {
  const { marks, counted, walkedUpTo, walkedAtMs, perMinute } = walk;
  await QueueEntity.build(UpdateItemCommand)
    .item({
      realmId,
      marks: $set([...marks]),
      counted,
      walkedUpTo,
      walkedAtMs,
      closesAt: walkedUpTo + queueLimits.waiting - counted,
      ...(perMinute === undefined ? {} : { perMinute }),
    })
    .send();
}

/** Where an account stands, strongly consistent. */
export async function getQueued(
  accountId: AccountId,
): Promise<{ readonly realmId: Slug; readonly number: number } | undefined> {
  const { Item } = await QueuedEntity.build(GetItemCommand).key({ accountId }).options({ consistent: true }).send();
  return Item && { realmId: Item.realmId, number: Item.number };
}

/** The account stands in the queue, and no more where it stood before. */
export function putEntry(
  entry: QueueEntry,
  before: { readonly realmId: Slug; readonly number: number } | undefined,
): readonly Write[] {
  const { accountId, realmId } = entry;
  return [
    QueuedEntity.build(PutTransaction)
      .item({ accountId, realmId, number: entry.number })
      .options({
        condition: before ? { attr: 'number', eq: before.number } : { attr: 'number', exists: false },
      }),
    EntryEntity.build(PutTransaction).item({ ...entry }),
    ...(before ? [EntryEntity.build(DeleteTransaction).key({ ...before })] : []),
  ];
}

/** The account stands in the queue no more; `request.not_found` when it did not any more. */
export function deleteEntry({
  accountId,
  realmId,
  number: entry,
}: Omit<QueueEntry, 'refreshedAtMs'>): readonly Write[] {
  return [
    guarded(
      EntryEntity.build(DeleteTransaction)
        .key({ realmId, number: entry })
        .options({ condition: { attr: 'accountId', eq: accountId } }),
      new GameError('request.not_found'),
    ),
    QueuedEntity.build(DeleteTransaction)
      .key({ accountId })
      .options({ condition: { attr: 'number', eq: entry } }),
  ];
}

/** Notes that the account still waits. False when it is not in the queue any more. */
export async function refreshEntry(entry: QueueEntry): Promise<boolean> {
  try {
    await EntryEntity.build(UpdateItemCommand)
      .item({ realmId: entry.realmId, number: entry.number, refreshedAtMs: entry.refreshedAtMs })
      .options({ condition: { attr: 'accountId', eq: entry.accountId } })
      .send();
    return true;
  } catch (error) {
    if (isConditionFailed(error)) return false;
    throw error;
  }
}

/** A page of a queue from its head or after a number, in order. `consistent` for decisions about the head. */
export async function listEntries(
  realmId: Slug,
  page: { readonly after: number; readonly limit?: number; readonly consistent: boolean },
): Promise<{ readonly entries: readonly QueueEntry[]; readonly more: boolean }> {
  const { Items = [], LastEvaluatedKey } = await table
    .build(QueryCommand)
    .entities(EntryEntity)
    .query({ partition: sessionKeys.queueEntry.partition({ realmId }), range: between(page.after + 1) })
    .options({ consistent: page.consistent, ...(page.limit === undefined ? {} : { limit: page.limit }) })
    .send();
  return {
    entries: Items.map((row) => ({ ...row, accountId: row.accountId as AccountId })),
    more: LastEvaluatedKey !== undefined,
  };
}

function between(from: number, to = Number.MAX_SAFE_INTEGER) {
  const prefix = sessionKeys.queueEntry.sortPrefix;
  return { between: [`${prefix}${sortableNumber(from)}`, `${prefix}${sortableNumber(to)}`] as [string, string] };
}

/** How many stand between two numbers, the first included and the last not. */
export async function countEntries(realmId: Slug, from: number, before: number): Promise<number> {
  if (before <= from) return 0;
  const { Count = 0 } = await table
    .build(QueryCommand)
    .entities(EntryEntity)
    .query({ partition: sessionKeys.queueEntry.partition({ realmId }), range: between(from, before - 1) })
    .options({ select: 'COUNT', consistent: true })
    .send();
  return Count;
}
