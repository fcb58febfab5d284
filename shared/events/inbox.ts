import { DAY_MS, ttlSeconds } from '#shared/kernel/clock.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { platformKeys } from '#shared/table/keys/platform.ts';
import { tableName } from '#shared/table/table.ts';
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
