import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';

const commands = {
  Get: GetCommand,
  Put: PutCommand,
  Update: UpdateCommand,
  Delete: DeleteCommand,
  Query: QueryCommand,
  Scan: ScanCommand,
  BatchGet: BatchGetCommand,
  BatchWrite: BatchWriteCommand,
  TransactGet: TransactGetCommand,
  TransactWrite: TransactWriteCommand,
} as const;

/** A request as data, so that two stores can be asked the same. */
export interface TableOperation {
  readonly name: keyof typeof commands;
  readonly input: Readonly<Record<string, unknown>>;
}

export async function send(
  client: DynamoDBDocumentClient,
  { name, input }: TableOperation,
): Promise<Record<string, unknown>> {
  const Command = commands[name] as unknown as new (input: unknown) => GetCommand;
  return (await client.send(new Command(structuredClone(input)))) as unknown as Record<string, unknown>;
}
