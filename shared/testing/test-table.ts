import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { tableDefinition } from '#shared/table/definition.ts';
import { createDocumentClient } from '#shared/table/table.ts';

const { partitionKey, sortKey, indexes } = tableDefinition;

function keySchema(keys: { partitionKey: string; sortKey: string }) {
  return [
    { AttributeName: keys.partitionKey, KeyType: 'HASH' as const },
    { AttributeName: keys.sortKey, KeyType: 'RANGE' as const },
  ];
}

/** Makes a table of the project's definition in a DynamoDB Local. */
export async function createTestTable(endpoint: string, name: string) {
  const raw = new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const names = [partitionKey, sortKey, ...Object.values(indexes).flatMap((keys) => [keys.partitionKey, keys.sortKey])];
  await raw.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      KeySchema: keySchema({ partitionKey, sortKey }),
      GlobalSecondaryIndexes: Object.entries(indexes).map(([IndexName, keys]) => ({
        IndexName,
        KeySchema: keySchema(keys),
        Projection: { ProjectionType: 'ALL' as const },
      })),
    }),
  );
  const client = createDocumentClient(raw);
  return {
    client,
    /** Every item but rate-limit buckets, sorted by key: two equal snapshots mean that nothing changed. */
    async snapshot(): Promise<Record<string, unknown>[]> {
      const items: Record<string, unknown>[] = [];
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new ScanCommand({
            TableName: name,
            ConsistentRead: true,
            ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
          }),
        );
        items.push(...(page.Items ?? []));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      return comparableRows(items);
    },
    async drop(): Promise<void> {
      await raw.send(new DeleteTableCommand({ TableName: name }));
      raw.destroy();
    },
  };
}

/** Rows without rate-limit buckets, sorted by key. */
export function comparableRows(rows: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  const keyOf = (one: Record<string, unknown>) => `${one[partitionKey]}|${one[sortKey]}`;
  return rows
    .filter((one) => !String(one[partitionKey]).startsWith('RATE#'))
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}
