import { createHash } from 'node:crypto';
import type { EventEnvelope } from '#shared/contract/event.ts';
import { DAY_MS, toIso, ttlSeconds } from '#shared/kernel/clock.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { platformKeys } from '#shared/table/keys/platform.ts';
import { packJson, unpackJson } from '#shared/table/packed-json.ts';
import { tableName } from '#shared/table/table.ts';
import type { TransactAction } from '#shared/table/write.ts';

/** How many partitions the sweeper's index of unsent rows has: each stays far below DynamoDB's 1,000 writes a second. */
export const OUTBOX_SHARDS = 16;
/** Sent rows stay this long, so that a relay outage beyond the stream's 24 hours loses nothing. */
const RETENTION_MS = 7 * DAY_MS;
/** Leaves room for the row's other attributes below DynamoDB's 400 KB. */
const MAX_BYTES = 350_000;

export interface OutboxEvent {
  readonly owner: string;
  readonly envelope: EventEnvelope;
}

export interface OutboxPush {
  readonly id: string;
  readonly destination: string;
  readonly body: unknown;
  readonly correlationId: string;
  readonly occurredAt: string;
}

/** What one operation tells the world, stored in the operation's own transaction. */
export interface OutboxRow {
  readonly operationId: string;
  readonly createdAtMs: number;
  readonly events: readonly OutboxEvent[];
  readonly pushes: readonly OutboxPush[];
}

export const OUTBOX_ENTITY = 'Outbox';

function shardOf(operationId: string): number {
  return createHash('sha256').update(operationId).digest()[0]! % OUTBOX_SHARDS;
}

/** The write that stores the row. The content is one packed document: cheaper to write than nested attributes. */
export function outboxWrite(row: OutboxRow): TransactAction {
  const content = packJson({ events: row.events, pushes: row.pushes });
  if (Buffer.byteLength(content) > MAX_BYTES) throw new RangeError(`outbox row of ${row.operationId} is too large`);
  const keys = platformKeys.outbox;
  return {
    params: () => ({
      Put: {
        TableName: tableName(),
        Item: {
          ...keys.primary(row),
          ...keys.index('gsi1', {
            shard: shardOf(row.operationId),
            createdAt: toIso(row.createdAtMs),
            operationId: row.operationId,
          }),
          [tableDefinition.entityAttribute]: OUTBOX_ENTITY,
          operationId: row.operationId,
          createdAtMs: row.createdAtMs,
          content,
          [tableDefinition.ttlAttribute]: ttlSeconds(row.createdAtMs + RETENTION_MS),
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    }),
  };
}

/** Reads a stored outbox item (from the table or an unmarshalled stream image). */
export function parseOutboxItem(item: Readonly<Record<string, unknown>>): OutboxRow {
  const content = unpackJson(item.content) as Pick<OutboxRow, 'events' | 'pushes'>;
  return { operationId: String(item.operationId), createdAtMs: Number(item.createdAtMs), ...content };
}
