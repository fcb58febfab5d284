import { tableDefinition } from './definition.ts';
import type { TransactItem } from './write.ts';

/** A started KB is a unit. */
export const UNIT_BYTES = 1_024;
/** Prepare and commit. */
const TRANSACTIONAL = 2;
const indexes = Object.values(tableDefinition.indexes);

/**
 * Write units of a transaction as AWS counts them, from its request: for every action twice the item's size in started
 * KB, and once the size for each index entry written: indexes are written as they are outside of transactions (measured
 * against the service by the authors of dynoxide, https://github.com/nubo-db/dynoxide/pull/188). What the request does
 * not tell is taken as follows: an item that is updated, deleted or checked has at most 1 KB, a new index key of an
 * update moves an entry (a delete and a put), and an index that an action does not name is not written to.
 */
export function transactionWriteUnits(actions: readonly TransactItem[]): number {
  return actions.reduce((sum, action) => sum + actionUnits(action), 0);
}

function actionUnits({ Put, Update }: TransactItem): number {
  if (Put) {
    const item = Put.Item as Readonly<Record<string, unknown>>;
    const entries = indexes.filter(({ partitionKey }) => item[partitionKey] !== undefined).length;
    return Math.ceil(attributeBytes(item) / UNIT_BYTES) * (TRANSACTIONAL + entries);
  }
  return TRANSACTIONAL + (Update ? indexWritesOf(Update) : 0);
}

function indexWritesOf(update: NonNullable<TransactItem['Update']>): number {
  const expression = update.UpdateExpression ?? '';
  const names = update.ExpressionAttributeNames ?? {};
  const removed = new Set(
    namesIn(/\bREMOVE\b([\s\S]*?)(?=\bSET\b|\bADD\b|\bDELETE\b|$)/.exec(expression)?.[1] ?? '', names),
  );
  const named = new Set(namesIn(expression, names));
  return indexes.reduce((writes, { partitionKey, sortKey }) => {
    if (removed.has(partitionKey)) return writes + 1;
    return named.has(partitionKey) || named.has(sortKey) ? writes + 2 : writes;
  }, 0);
}

function namesIn(expression: string, names: Readonly<Record<string, string>>): string[] {
  return (expression.match(/#?\w+/g) ?? []).map((word) => names[word] ?? word);
}

/** Bytes of a value as DynamoDB counts them. Numbers take at most this much. */
export function attributeBytes(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return Buffer.byteLength(value);
    case 'number':
    case 'bigint':
      return Math.ceil(String(value).length / 2) + 1;
    case 'object':
      break;
    default:
      return value === undefined ? 0 : 1;
  }
  if (value === null) return 1;
  if (value instanceof Uint8Array) return value.byteLength;
  if (value instanceof Set || Array.isArray(value)) {
    let bytes = 3;
    for (const one of value) bytes += attributeBytes(one) + 1;
    return bytes;
  }
  return Object.entries(value).reduce(
    (bytes, [name, one]) => bytes + (one === undefined ? 0 : Buffer.byteLength(name) + attributeBytes(one) + 1),
    3,
  );
}
