import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { DAY_MS, ttlSeconds } from '#shared/kernel/clock.ts';
import type { TransactionId } from '#shared/kernel/ids.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { platformKeys } from '#shared/table/keys/platform.ts';
import { documentClient, tableName } from '#shared/table/table.ts';
import type { TransactAction } from '#shared/table/write.ts';

/** How long a repeated call still gets the first call's reply. */
const RETENTION_MS = 30 * DAY_MS;

/** Which call: the same actor, endpoint and Idempotency-Key. */
export interface ReceiptId {
  readonly actorId: string;
  readonly endpointId: string;
  readonly idempotencyKey: string;
}

export interface Receipt {
  /** SHA-256 of the canonical request: another request under the same key is refused. */
  readonly requestHash: string;
  /** The handler's reply as JSON text; empty where a settlement holds it. */
  readonly reply: string;
  /** The settlement that the call has begun: its outcome is the reply. */
  readonly transactionId?: TransactionId | undefined;
}

/** The receipt of an earlier call, strongly consistent; undefined when there was none or it has expired. */
export async function readReceipt(id: ReceiptId, nowMs: number): Promise<Receipt | undefined> {
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: tableName(), Key: platformKeys.receipt.primary(id), ConsistentRead: true }),
  );
  if (!Item || Number(Item[tableDefinition.ttlAttribute]) < ttlSeconds(nowMs)) return undefined;
  const transactionId = Item.transactionId as TransactionId | undefined;
  return {
    requestHash: String(Item.requestHash),
    reply: String(Item.reply),
    ...(transactionId ? { transactionId } : {}),
  };
}

/** Stores the receipt in the call's own transaction, so that effect and reply exist together or not at all. */
export function receiptWrite(id: ReceiptId, receipt: Receipt, nowMs: number): TransactAction {
  return {
    params: () => ({
      Put: {
        TableName: tableName(),
        Item: {
          ...platformKeys.receipt.primary(id),
          [tableDefinition.entityAttribute]: 'Receipt',
          ...receipt,
          [tableDefinition.ttlAttribute]: ttlSeconds(nowMs + RETENTION_MS),
        },
        ConditionExpression: 'attribute_not_exists(pk) OR #ttl < :now',
        ExpressionAttributeNames: { '#ttl': tableDefinition.ttlAttribute },
        ExpressionAttributeValues: { ':now': ttlSeconds(nowMs) },
      },
    }),
  };
}
