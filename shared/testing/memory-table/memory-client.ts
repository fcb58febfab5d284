import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDocumentClient } from '#shared/table/table.ts';
import { capacity } from './capacity-units.ts';
import { ValidationError } from './errors.ts';
import {
  type DeleteInput,
  MemoryTable,
  type PutInput,
  type ReadInput,
  type TransactItem,
  type UpdateInput,
} from './memory-table.ts';
import type { QueryInput, ScanInput } from './query.ts';
import type { Row } from './values.ts';

/** `GetCommand` of the document client and `GetItemCommand` of the plain one mean the same. */
const operationOf = (commandName: string): string => commandName.replace(/Command$/, '').replace(/^(.+?)Items?$/, '$1');

/**
 * A document client whose calls end in memory: the real client with all that is hung on it (steps, meters), but for
 * marshalling and the wire. It serves one table, whatever name is asked for.
 */
export function createMemoryClient(table: MemoryTable = new MemoryTable()): {
  readonly client: DynamoDBDocumentClient;
  readonly table: MemoryTable;
} {
  const client = createDocumentClient(
    new DynamoDBClient({ region: 'memory', credentials: { accessKeyId: 'none', secretAccessKey: 'none' } }),
  );
  client.middlewareStack.add(
    (_next, context) => async (args) => ({
      response: {},
      output: { $metadata: {}, ...answer(table, operationOf(context.commandName ?? ''), args.input) } as never,
    }),
    // Behind all others of its step, and before what marshals and sends.
    { step: 'initialize', priority: 'low', name: 'memoryTable' },
  );
  return { client, table };
}

function answer(table: MemoryTable, operation: string, input: unknown): object {
  switch (operation) {
    case 'Get':
      return table.get(input as ReadInput);
    case 'Put':
      return table.put(input as PutInput);
    case 'Update':
      return table.update(input as UpdateInput);
    case 'Delete':
      return table.delete(input as DeleteInput);
    case 'Query':
      return table.query(input as QueryInput);
    case 'Scan':
      return table.scan(input as ScanInput);
    case 'TransactWrite': {
      const { TransactItems, ClientRequestToken } = input as {
        TransactItems: readonly TransactItem[];
        ClientRequestToken?: string;
      };
      return table.transactWrite(TransactItems, ClientRequestToken);
    }
    case 'TransactGet':
      return table.transactGet((input as { TransactItems: readonly { Get: ReadInput }[] }).TransactItems);
    case 'BatchGet': {
      const [[name, requests]] = entriesOf(input) as [[string, { Keys: Row[]; ConsistentRead?: boolean }]];
      const { Items, units } = table.batchGet(requests);
      return { Responses: { [name]: Items }, UnprocessedKeys: {}, ConsumedCapacity: [capacity(units)] };
    }
    case 'BatchWrite': {
      const [[, requests]] = entriesOf(input) as [[string, Parameters<MemoryTable['batchWrite']>[0]]];
      return { UnprocessedItems: {}, ConsumedCapacity: [capacity(table.batchWrite(requests))] };
    }
    default:
      throw new ValidationError(`the memory table does not know ${operation}`);
  }
}

function entriesOf(input: unknown): [string, unknown][] {
  return Object.entries((input as { RequestItems: Record<string, unknown> }).RequestItems);
}
