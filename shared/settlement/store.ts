import { createHash } from 'node:crypto';
import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { GameError } from '#shared/contract/errors.ts';
import type { EventActor } from '#shared/contract/event.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { TransactionId } from '#shared/kernel/ids.ts';
import type { MoneyLeg } from '#shared/ledger/ledger.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { settlementKeys } from '#shared/table/keys/settlement.ts';
import { packJson, unpackJson } from '#shared/table/packed-json.ts';
import { readRows } from '#shared/table/read-rows.ts';
import { documentClient, tableName } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';

/** How many partitions the index of those that have not ended has: each stays far below 1,000 writes a second. */
export const PENDING_SHARDS = 16;

/** How a settlement ended, as every repetition is answered. */
export type SettlementOutcome =
  | { readonly state: 'DELIVERED'; readonly reply: unknown }
  | {
      readonly state: 'RETURNED';
      readonly code: string;
      readonly facts: Readonly<Record<string, string | number | boolean>>;
    };

/** A settlement, with everything that its end needs. */
export interface SettlementRow {
  readonly transactionId: TransactionId;
  readonly kind: string;
  /** SHA-256 of the request that began it: another one under the same id is refused. */
  readonly requestHash: string;
  readonly actor: EventActor;
  readonly correlationId: string;
  readonly reason: string;
  /** What the items' custody needs to end it; undefined: it moves no items. */
  readonly items: unknown;
  readonly money: readonly MoneyLeg[];
  readonly context: unknown;
  readonly preparedAtMs: number;
  readonly endedAtMs?: number | undefined;
  /** Unset while it is under way. */
  readonly outcome?: SettlementOutcome | undefined;
}

type Content = Pick<SettlementRow, 'actor' | 'correlationId' | 'reason' | 'items' | 'context'> & {
  readonly money: readonly (Omit<MoneyLeg, 'amount'> & { readonly amount: string })[];
};

const SETTLEMENT = 'Settlement';

function shardOf(transactionId: string): number {
  return createHash('sha256').update(transactionId).digest()[0]! % PENDING_SHARDS;
}

/** Somebody else has prepared it before. */
export const alreadyPrepared = 'settlement.already_prepared';
/** Somebody else has ended it before. */
export const alreadyEnded = 'settlement.already_ended';

/** Stores a settlement that begins, once. What it is made of is one packed document: cheaper than nested attributes. */
export function prepareWrite(row: SettlementRow): Write {
  const { transactionId, kind, requestHash, preparedAtMs, actor, correlationId, reason, items, context } = row;
  const money = row.money.map((leg) => ({ ...leg, amount: leg.amount.toString() }));
  const content: Content = { actor, correlationId, reason, items, context, money };
  const keys = settlementKeys.transaction;
  const put = {
    params: () => ({
      Put: {
        TableName: tableName(),
        Item: {
          ...keys.primary({ transactionId }),
          ...keys.index('gsi1', { shard: shardOf(transactionId), preparedAt: toIso(preparedAtMs), transactionId }),
          [tableDefinition.entityAttribute]: SETTLEMENT,
          transactionId,
          kind,
          state: 'PREPARED',
          requestHash,
          preparedAtMs,
          content: packJson(content),
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    }),
  };
  return guarded(put, new GameError(alreadyPrepared));
}

/** Ends a settlement that nobody has ended, and takes it out of the index of those under way. */
export function endWrite(transactionId: TransactionId, outcome: SettlementOutcome, atMs: number): Write {
  const { state, ...answer } = outcome;
  const update = {
    params: () => ({
      Update: {
        TableName: tableName(),
        Key: settlementKeys.transaction.primary({ transactionId }),
        UpdateExpression: 'SET #state = :state, outcome = :outcome, endedAtMs = :now REMOVE gsi1pk, gsi1sk',
        ConditionExpression: '#state = :prepared',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: {
          ':state': state,
          ':prepared': 'PREPARED',
          ':outcome': packJson(answer),
          ':now': atMs,
        },
      },
    }),
  };
  return guarded(update, new GameError(alreadyEnded));
}

/** A settlement, strongly consistent. */
export async function readSettlement(transactionId: TransactionId): Promise<SettlementRow | undefined> {
  const { Item } = await documentClient().send(
    new GetCommand({
      TableName: tableName(),
      Key: settlementKeys.transaction.primary({ transactionId }),
      ConsistentRead: true,
    }),
  );
  return Item && toRow(Item);
}

/** Those of at most 100 settlements that there are, strongly consistent. */
export async function readSettlements(
  transactionIds: readonly TransactionId[],
): Promise<ReadonlyMap<TransactionId, SettlementRow>> {
  const keys = transactionIds.map((transactionId) => settlementKeys.transaction.primary({ transactionId }));
  const rows = (await readRows(keys)).map(toRow);
  return new Map(rows.map((row) => [row.transactionId, row]));
}

/** Settlements of a shard that were prepared before the time and have not ended, oldest first; up to a second old. */
export async function listPending(
  shard: number,
  query: { readonly beforeMs: number; readonly limit: number },
): Promise<readonly SettlementRow[]> {
  const { Items } = await documentClient().send(
    new QueryCommand({
      TableName: tableName(),
      IndexName: 'gsi1',
      KeyConditionExpression: 'gsi1pk = :pk AND gsi1sk < :before',
      ExpressionAttributeValues: {
        ':pk': settlementKeys.transaction.indexPartition('gsi1', { shard }),
        ':before': toIso(query.beforeMs),
      },
      Limit: query.limit,
    }),
  );
  return (Items ?? []).map(toRow);
}

/** The settlement that a row of the table is; undefined of every other row. */
export function settlementOf(row: Readonly<Record<string, unknown>>): SettlementRow | undefined {
  return row[tableDefinition.entityAttribute] === SETTLEMENT ? toRow(row) : undefined;
}

function toRow(item: Readonly<Record<string, unknown>>): SettlementRow {
  const { money, ...content } = unpackJson(item.content) as Content;
  return {
    ...content,
    transactionId: item.transactionId as TransactionId,
    kind: String(item.kind),
    requestHash: String(item.requestHash),
    money: money.map((leg) => ({ ...leg, amount: BigInt(leg.amount) })),
    preparedAtMs: Number(item.preparedAtMs),
    ...(item.state === 'PREPARED'
      ? {}
      : {
          endedAtMs: Number(item.endedAtMs),
          outcome: { state: item.state, ...(unpackJson(item.outcome) as object) } as SettlementOutcome,
        }),
  };
}
