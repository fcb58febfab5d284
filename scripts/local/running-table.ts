import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';

/**
 * The table of a running local cloud, for a program beside it. The caller destroys the client.
 * @param sdkEnvironment as the cloud's addresses tell it
 * @throws Error where there is another number of tables than one
 */
export async function runningTable(
  sdkEnvironment: Readonly<Record<string, string>>,
): Promise<{ readonly dynamo: DynamoDBClient; readonly tableName: string }> {
  const dynamo = new DynamoDBClient({
    endpoint: sdkEnvironment.AWS_ENDPOINT_URL_DYNAMODB!,
    region: sdkEnvironment.AWS_REGION!,
    credentials: {
      accessKeyId: sdkEnvironment.AWS_ACCESS_KEY_ID!,
      secretAccessKey: sdkEnvironment.AWS_SECRET_ACCESS_KEY!,
    },
  });
  const { TableNames = [] } = await dynamo.send(new ListTablesCommand({}));
  const [tableName, ...more] = TableNames;
  if (tableName === undefined || more.length > 0) throw new Error(`expected one table, found ${TableNames.join(', ')}`);
  return { dynamo, tableName };
}
