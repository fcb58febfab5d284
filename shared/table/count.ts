import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import { tableDefinition } from './definition.ts';
import { documentClient, tableName } from './table.ts';

/**
 * Adds one to a counter row, which comes to be with its first count. Counts at the same moment are all counted.
 * @param row the row's entity, the attribute that counts, and attributes that name what it counts.
 * @returns the count, this one included.
 */
export async function countOne(
  key: { readonly pk: string; readonly sk: string },
  row: {
    readonly entity: string;
    readonly counter: string;
    readonly names: Readonly<Record<string, string | number>>;
    readonly expiresAtMs: number;
  },
): Promise<number> {
  const values = {
    ...row.names,
    [tableDefinition.entityAttribute]: row.entity,
    [tableDefinition.ttlAttribute]: ttlSeconds(row.expiresAtMs),
  };
  const entries = Object.entries(values);
  const { Attributes } = await documentClient().send(
    new UpdateCommand({
      TableName: tableName(),
      Key: key,
      UpdateExpression: `SET ${entries.map((_entry, index) => `#n${index} = :v${index}`).join(', ')} ADD #counter :one`,
      ExpressionAttributeNames: {
        '#counter': row.counter,
        ...Object.fromEntries(entries.map(([name], index) => [`#n${index}`, name])),
      },
      ExpressionAttributeValues: {
        ':one': 1,
        ...Object.fromEntries(entries.map(([, value], index) => [`:v${index}`, value])),
      },
      ReturnValues: 'UPDATED_NEW',
    }),
  );
  return Number(Attributes?.[row.counter]);
}
