import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { __Client, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { MemoryTable, OperationName } from './memory-table.ts';
import type { Input } from './table-state.ts';

const OPERATIONS: Readonly<Record<string, OperationName>> = {
  GetCommand: 'GetItem',
  PutCommand: 'PutItem',
  UpdateCommand: 'UpdateItem',
  DeleteCommand: 'DeleteItem',
  QueryCommand: 'Query',
  ScanCommand: 'Scan',
  BatchGetCommand: 'BatchGetItem',
  BatchWriteCommand: 'BatchWriteItem',
  TransactGetCommand: 'TransactGetItems',
  TransactWriteCommand: 'TransactWriteItems',
};

interface Command {
  readonly input: Input;
}

type Send = (command: Command) => Promise<unknown>;

/** What a middleware of the `initialize` step is given, and gives on. */
type Handler = (args: { readonly input: Input }) => Promise<{ output: unknown; response: unknown }>;

const ANSWERED = { httpStatusCode: 200, requestId: 'MEMORY', attempts: 1, totalRetryDelay: 0 } as const;

/**
 * A document client over a memory table. It takes the document client's JavaScript values as they are, without
 * marshalling them, and its middleware stack holds only what callers add (steps, metering, a journal).
 */
class MemoryDocumentClient extends DynamoDBDocumentClient {
  override readonly send: DynamoDBDocumentClient['send'];

  constructor(base: DynamoDBClient, table: MemoryTable) {
    super(base);
    this.middlewareStack = new __Client(base.config as never).middlewareStack as never;
    const send: Send = async (command) => {
      const operation = OPERATIONS[command.constructor.name];
      if (!operation) throw new Error(`the memory table does not know ${command.constructor.name}`);
      const execute: Handler = async ({ input }) => ({
        response: {},
        output: { $metadata: ANSWERED, ...table.execute(operation, input) },
      });
      const context = { commandName: `${operation}Command` };
      const handler = this.middlewareStack.resolve(execute as never, context as never) as unknown as Handler;
      const { output } = await handler({ input: { ...command.input } });
      return output;
    };
    this.send = send as DynamoDBDocumentClient['send'];
  }
}

/** A client of the table alone, without the steps and the metering that the project's clients have. */
export function memoryDocumentClient(table: MemoryTable): DynamoDBDocumentClient {
  const credentials = { accessKeyId: 'memory', secretAccessKey: 'memory' };
  return new MemoryDocumentClient(new DynamoDBClient({ region: 'eu-central-1', credentials }), table);
}
