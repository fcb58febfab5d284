import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { GameError } from '#shared/contract/errors.ts';
import { documentClient, tableName } from './table.ts';

const TRIES = 3;

interface Key {
  readonly pk: string;
  readonly sk: string;
}

/**
 * Those of at most 100 rows that there are, strongly consistent, in any order.
 * @throws GameError `service.unavailable` when the table is too busy for all of them.
 */
export async function readRows(
  keys: readonly Key[],
  attributes?: readonly string[],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const name = tableName();
  const rows: Record<string, unknown>[] = [];
  let left: Record<string, unknown>[] = keys.map(({ pk, sk }) => ({ pk, sk }));
  for (let tries = 0; left.length > 0; tries += 1) {
    if (tries === TRIES) throw new GameError('service.unavailable');
    const projection = attributes ? { ProjectionExpression: attributes.join(', ') } : {};
    const RequestItems = { [name]: { Keys: left, ConsistentRead: true, ...projection } };
    const { Responses, UnprocessedKeys } = await documentClient().send(new BatchGetCommand({ RequestItems }));
    rows.push(...(Responses?.[name] ?? []));
    left = UnprocessedKeys?.[name]?.Keys ?? [];
  }
  return rows;
}
