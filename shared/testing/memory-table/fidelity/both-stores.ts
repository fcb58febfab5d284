import { randomUUID } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, inject } from 'vitest';
import { createTestTable } from '../../test-table.ts';
import { createMemoryTestTable } from '../memory-test-table.ts';
import { send, type TableOperation } from './operation.ts';

type Input = Record<string, unknown>;

/** One of the two, as a contract asks it. */
export interface Store {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  /** A partition key that no other test has. */
  partition(): string;
  /** Sends a request to the table; `TableName` is filled in where it belongs. */
  ask(name: TableOperation['name'], input: Input): Promise<Record<string, unknown>>;
  /** The error that the request is answered with. @throws Error when it succeeds. */
  refusal(name: TableOperation['name'], input: Input): Promise<Input & { name: string }>;
}

/** Declares the same tests for the memory table and for DynamoDB Local: what one must do, the other does. */
export function describeBoth(title: string, declare: (store: Store) => void): void {
  describe.each(['the memory table', 'DynamoDB Local'])(`${title}: %s`, (which) => {
    const tableName = `contract-${randomUUID()}`;
    let table: Pick<Awaited<ReturnType<typeof createTestTable>>, 'client' | 'drop'>;
    let partitions = 0;
    beforeAll(async () => {
      table =
        which === 'DynamoDB Local'
          ? await createTestTable(inject('dynamoDbEndpoint'), tableName)
          : createMemoryTestTable(tableName);
    });
    afterAll(() => table?.drop());
    const ask: Store['ask'] = (name, input) => send(table.client, { name, input: named(name, input, tableName) });
    declare({
      get client() {
        return table.client;
      },
      tableName,
      partition: () => {
        partitions += 1;
        return `P#${partitions}`;
      },
      ask,
      refusal: async (name, input) => {
        const outcome = await ask(name, input).then(
          (reply) => ({ reply }),
          (error: unknown) => ({ error }),
        );
        if ('error' in outcome) return outcome.error as Input & { name: string };
        throw new Error(`${name} was not refused: ${JSON.stringify(outcome.reply)}`);
      },
    });
  });
}

function named(name: TableOperation['name'], input: Input, TableName: string): Input {
  if (name.startsWith('Batch')) return { RequestItems: { [TableName]: input.requests }, ...rest(input) };
  if (!name.startsWith('Transact')) return { TableName, ...input };
  const actions = (input.TransactItems as Record<string, Input>[]).map((action) =>
    Object.fromEntries(Object.entries(action).map(([kind, one]) => [kind, { TableName, ...one }])),
  );
  return { ...input, TransactItems: actions };
}

function rest({ requests: _requests, ...more }: Input): Input {
  return more;
}
