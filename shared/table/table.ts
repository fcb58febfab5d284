import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Table } from 'dynamodb-toolbox/table';
import { config } from '#shared/kernel/config.ts';
import { step } from '#shared/kernel/step.ts';
import { recordCapacity } from '#shared/telemetry/capacity-meter.ts';
import { tableDefinition } from './definition.ts';

const indexes = Object.fromEntries(
  Object.entries(tableDefinition.indexes).map(([name, keys]) => [
    name,
    {
      type: 'global',
      partitionKey: { name: keys.partitionKey, type: 'string' },
      sortKey: { name: keys.sortKey, type: 'string' },
    },
  ]),
) as {
  [I in keyof typeof tableDefinition.indexes]: {
    type: 'global';
    partitionKey: { name: `${I}pk`; type: 'string' };
    sortKey: { name: `${I}sk`; type: 'string' };
  };
};

/** The project's one table. Stores build entities on it; nobody else touches it. */
export const table = new Table({
  name: () => tableName(),
  partitionKey: { name: tableDefinition.partitionKey, type: 'string' },
  sortKey: { name: tableDefinition.sortKey, type: 'string' },
  indexes,
  entityAttributeSavedAs: tableDefinition.entityAttribute,
});

/** What every entity of the table shares. Times are the domain's own attributes, taken from the operation's clock. */
export const entityDefaults = { timestamps: false } as const;

interface Connection {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
}

let connection: Connection | undefined;

const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem']);

function capacityKindOf(operation: string): 'read' | 'write' | 'transaction' {
  if (operation === 'TransactWriteItems') return 'transaction';
  return WRITES.has(operation) ? 'write' : 'read';
}

/**
 * A document client whose every call is a named step and is metered.
 * Bounded: 3 attempts, 1 s to connect, 3 s to answer, so that a call never outlives its Lambda.
 */
export function createDocumentClient(client?: DynamoDBClient): DynamoDBDocumentClient {
  const documents = DynamoDBDocumentClient.from(
    client ??
      new DynamoDBClient({ maxAttempts: 3, requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 } }),
    { marshallOptions: { removeUndefinedValues: true } },
  );
  return metered(documents);
}

/** Makes every call of the client a named step, and meters it. @returns the same client. */
export function metered(documents: DynamoDBDocumentClient): DynamoDBDocumentClient {
  documents.middlewareStack.add(
    (next, context) => async (args) => {
      const command = (context.commandName ?? '')
        .replace(/Command$/, '')
        .replace(/^(Get|Put|Update|Delete)$/, '$1Item');
      const operation = { TransactWrite: 'TransactWriteItems', BatchWrite: 'BatchWriteItem' }[command] ?? command;
      const input = args.input as { ReturnConsumedCapacity?: string };
      input.ReturnConsumedCapacity ??= 'TOTAL';
      const result = await step(`table.${operation}`, () => next(args));
      const consumed = (result.output as { ConsumedCapacity?: unknown }).ConsumedCapacity;
      for (const one of Array.isArray(consumed) ? consumed : [consumed]) {
        const units = (one as { CapacityUnits?: number } | undefined)?.CapacityUnits;
        if (units !== undefined) recordCapacity(capacityKindOf(operation), units);
      }
      return result;
    },
    { step: 'initialize', name: 'meterCapacity' },
  );
  return documents;
}

/** The connection of this process: made at first use from the function's environment. */
function connect(): Connection {
  connection ??= { client: createDocumentClient(), tableName: config('TABLE_NAME') };
  return connection;
}

/** Puts another connection in place (tests, simulator) and returns the undo. */
export function useTable(next: Connection): () => void {
  const before = connection;
  connection = next;
  return () => {
    connection = before;
  };
}

/** The physical name of the table. */
export function tableName(): string {
  return connect().tableName;
}

/** The document client, for the few calls that are not an entity's: transactions, and maintenance of the table itself. */
export function documentClient(): DynamoDBDocumentClient {
  return connect().client;
}

Object.defineProperty(table, 'documentClient', { get: documentClient });
