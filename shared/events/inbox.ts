import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { DAY_MS, ttlSeconds } from '#shared/kernel/clock.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { platformKeys } from '#shared/table/keys/platform.ts';
import { documentClient, tableName } from '#shared/table/table.ts';
import type { TransactAction } from '#shared/table/write.ts';

/** Longer than the bus archive keeps events (365 d): a replay from the archive still finds every mark. */
const RETENTION_MS = 400 * DAY_MS;

/**
 * Marks an event as handled by a subscriber. Part of the effect's own transaction: whoever comes second fails on the
 * condition and knows that the effect is there.
 */
export function inboxWrite(mark: { subscriberId: string; eventId: string; nowMs: number }): TransactAction {
  return {
    params: () => ({
      Put: {
        TableName: tableName(),
        Item: {
          ...platformKeys.inbox.primary(mark),
          [tableDefinition.entityAttribute]: 'Inbox',
          handledAtMs: mark.nowMs,
          [tableDefinition.ttlAttribute]: ttlSeconds(mark.nowMs + RETENTION_MS),
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    }),
  };
}

/**
 * Whether a subscriber's mark is there. Only for effects outside the table, such as a mail: it spares most repetitions,
 * where the mark's own condition cannot.
 */
export async function wasHandled(mark: { subscriberId: string; eventId: string }): Promise<boolean> {
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: tableName(), Key: platformKeys.inbox.primary(mark), ConsistentRead: true }),
  );
  return Item !== undefined;
}
