import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { OUTBOX_SHARDS, type OutboxRow, parseOutboxItem } from '#shared/events/outbox.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { platformKeys } from '#shared/table/keys/platform.ts';
import { readRows } from '#shared/table/read-rows.ts';
import { documentClient, tableName } from '#shared/table/table.ts';

/** Marks a row as sent: it leaves the index of unsent rows, and stays for inspection until its TTL. */
export async function markSent(operationId: string, nowMs: number): Promise<void> {
  await documentClient().send(
    new UpdateCommand({
      TableName: tableName(),
      Key: platformKeys.outbox.primary({ operationId }),
      UpdateExpression: 'SET sentAtMs = :now REMOVE gsi1pk, gsi1sk',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':now': nowMs },
    }),
  );
}

/** Unsent rows created before the time, oldest first in each shard; at most `limitPerShard` of each of the 16 shards. */
export async function listUnsent(beforeMs: number, limitPerShard: number): Promise<OutboxRow[]> {
  const shards = await Promise.all(
    Array.from({ length: OUTBOX_SHARDS }, async (_none, shard) => {
      const { Items } = await documentClient().send(
        new QueryCommand({
          TableName: tableName(),
          IndexName: 'gsi1',
          KeyConditionExpression: 'gsi1pk = :pk AND gsi1sk < :before',
          ExpressionAttributeValues: {
            ':pk': platformKeys.outbox.indexPartition('gsi1', { shard }),
            ':before': toIso(beforeMs),
          },
          Limit: limitPerShard,
        }),
      );
      return (Items ?? []).map(parseOutboxItem);
    }),
  );
  return shards.flat();
}

/** Which of at most 100 operations have told anything within the 7 days that their rows stay; strongly consistent. */
export async function toldBy(operationIds: readonly string[]): Promise<ReadonlySet<string>> {
  const keys = operationIds.map((operationId) => platformKeys.outbox.primary({ operationId }));
  const rows = await readRows(keys, ['operationId']);
  return new Set(rows.map(({ operationId }) => String(operationId)));
}
