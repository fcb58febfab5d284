import { isDeepStrictEqual } from 'node:util';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { MemoryTable } from '../memory-table.ts';
import type { TableOperation } from './operation.ts';

/**
 * Excuses where DynamoDB Local is known to differ from AWS, as the table in `../README.md` says, and nothing else.
 * What the two answer is put into this form.
 */
export interface Reply {
  /** What a success answered, without what is compared apart. */
  readonly output?: Readonly<Record<string, unknown>>;
  readonly units?: number;
  readonly error?: string;
  /** Codes of a cancelled transaction's reasons, and the items that they tell. */
  readonly reasons?: readonly { readonly code: string; readonly item: unknown }[];
  /** The item that a failed condition tells. */
  readonly item?: unknown;
}

/** Reserved words that DynamoDB Local takes as names of attributes. */
export const wordsThatLocalTakes: readonly string[] = ['CONVERT', 'SIZE'];

interface Failure {
  readonly name: string;
  readonly Item?: Parameters<typeof unmarshall>[0];
  readonly CancellationReasons?: readonly { Code?: string; Item?: Parameters<typeof unmarshall>[0] }[];
}

const keyOf = (item: Readonly<Record<string, unknown>>): string => `${item.pk}|${item.sk}`;
const byKey = <T extends Readonly<Record<string, unknown>>>(items: readonly T[]): T[] =>
  [...items].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));

/** Puts into a common form what neither side promises. */
export function replyOf(operation: TableOperation, output: Readonly<Record<string, unknown>>): Reply {
  const { $metadata: _metadata, ConsumedCapacity, ...rest } = output as Record<string, unknown>;
  const [report] = [ConsumedCapacity].flat() as { CapacityUnits: number }[];
  if (operation.name === 'Scan') rest.Items = byKey(rest.Items as Record<string, unknown>[]);
  if (operation.name === 'BatchGet') {
    const responses = Object.entries(rest.Responses as Record<string, Record<string, unknown>[]>);
    rest.Responses = Object.fromEntries(responses.map(([name, items]) => [name, byKey(items)]));
  }
  const isTransaction = operation.name.startsWith('Transact');
  return { output: rest, ...(report && !isTransaction ? { units: report.CapacityUnits } : {}) };
}

export function failureOf(thrown: unknown): Reply {
  const { name, Item, CancellationReasons } = thrown as Failure;
  return {
    error: name,
    ...(Item ? { item: unmarshall(Item) } : {}),
    ...(CancellationReasons
      ? {
          reasons: CancellationReasons.map(({ Code, Item: item }) => ({
            code: Code ?? 'None',
            item: item && unmarshall(item),
          })),
        }
      : {}),
  };
}

/** How many rows that a batch deletes are not there: Local asks one unit too much for each. */
export function vainDeletes({ name, input }: TableOperation, table: MemoryTable): number {
  if (name !== 'BatchWrite') return 0;
  const requests = Object.values(input.RequestItems as Record<string, { DeleteRequest?: { Key: unknown } }[]>).flat();
  return requests.filter(({ DeleteRequest }) => {
    if (!DeleteRequest) return false;
    const { Item } = table.execute('GetItem', { TableName: table.tableName, Key: DeleteRequest.Key });
    return Item === undefined;
  }).length;
}

/** Whether the two say the same in two ways that are known. */
export function isKnown({ name, input }: TableOperation, local: Reply, twin: Reply): boolean {
  const isOfAction = (reply: Reply) => reply.reasons?.some(({ code }) => code === 'ValidationError') ?? false;
  const isWhole = (reply: Reply) => reply.error === 'ValidationException';
  if ((isOfAction(twin) || isWhole(twin)) && (isOfAction(local) || isWhole(local))) return true;
  if (name === 'TransactGet') return isWhole(twin) && local.error === 'TransactionCanceledException';
  if (name !== 'Query') return false;
  if (isWhole(local) && input.ExclusiveStartKey) return twin.output?.ScannedCount === 0;
  const { LastEvaluatedKey, ...rest } = twin.output ?? {};
  const isFull = rest.ScannedCount === input.Limit && LastEvaluatedKey !== undefined;
  return isFull && isDeepStrictEqual({ ...twin, output: rest }, local);
}
