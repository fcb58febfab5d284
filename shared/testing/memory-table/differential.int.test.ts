import { randomUUID } from 'node:crypto';
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { canonicalJson } from '#shared/kernel/canonical-json.ts';
import { seededRandom } from '#shared/testing/seeded-random.ts';
import { createTestTable } from '../test-table.ts';
import { createMemoryClient } from './memory-client.ts';
import { type Operation, randomOperation } from './random-operation.ts';

const OPERATIONS = Number(process.env.DIFFERENTIAL_OPERATIONS ?? 10_000);
const SEED = Number(process.env.DIFFERENTIAL_SEED ?? 2077);

let real: Awaited<ReturnType<typeof createTestTable>>;
const tableName = `differential-${randomUUID()}`;
beforeAll(async () => {
  real = await createTestTable(inject('dynamoDbEndpoint'), tableName);
});
afterAll(() => real.drop());

async function run(client: DynamoDBDocumentClient, { command, input }: Operation): Promise<unknown> {
  const named = { TableName: tableName, ...input } as never;
  switch (command) {
    case 'Get':
      return client.send(new GetCommand(named));
    case 'Put':
      return client.send(new PutCommand(named));
    case 'Update':
      return client.send(new UpdateCommand(named));
    case 'Delete':
      return client.send(new DeleteCommand(named));
    case 'Query':
      return client.send(new QueryCommand(named));
    case 'BatchGet':
      return client.send(new BatchGetCommand({ RequestItems: { [tableName]: input as never } }));
    case 'BatchWrite':
      return client.send(new BatchWriteCommand({ RequestItems: { [tableName]: input.Requests as never } }));
    default:
      return client.send(
        new TransactWriteCommand({
          TransactItems: (input.TransactItems as Record<string, object>[]).map((action) =>
            Object.fromEntries(Object.entries(action).map(([kind, one]) => [kind, { TableName: tableName, ...one }])),
          ) as never,
        }),
      );
  }
}

/** What a caller can tell: the reply, or the error with its reasons. */
async function outcome(client: DynamoDBDocumentClient, operation: Operation): Promise<unknown> {
  try {
    const { $metadata: _meta, ...reply } = (await run(client, operation)) as Record<string, unknown>;
    return comparable(operation, reply);
  } catch (error) {
    const { name, CancellationReasons } = error as { name: string; CancellationReasons?: { Code?: string }[] };
    return { name, reasons: CancellationReasons?.map(({ Code }) => Code) };
  }
}

function comparable({ command }: Operation, reply: Record<string, unknown>): unknown {
  const { ConsumedCapacity, Responses, ...rest } = reply;
  const units = [ConsumedCapacity].flat() as ({ CapacityUnits?: number } | undefined)[];
  return sorted({
    ...rest,
    ...(Responses ? { rows: Object.values(Responses)[0] } : {}),
    // What DynamoDB Local reports for transactions and batches of writes is not what AWS bills.
    ...(/^TransactWrite|^BatchWrite/.test(command) ? {} : { units: units[0]?.CapacityUnits }),
  });
}

/** Sets have no order, nor have the rows of a batch. */
function sorted(value: unknown): unknown {
  if (value instanceof Set) return { set: [...value].map(sorted).sort() };
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .map(([name, one]) => [name, name === 'rows' ? rowsSorted(one as unknown[]) : sorted(one)]),
  );
}

const rowsSorted = (rows: unknown[]): unknown => rows.map((row) => canonicalJson(sorted(row))).sort();

it(`answers ${OPERATIONS} random operations as DynamoDB Local does (seed ${SEED})`, { timeout: 300_000 }, async () => {
  const random = seededRandom(SEED);
  const { client } = createMemoryClient();
  const seen = new Map<string, number>();
  for (let index = 0; index < OPERATIONS; index += 1) {
    const operation = randomOperation(random);
    const expected = await outcome(real.client, operation);
    const found = await outcome(client, operation);
    const kind = `${operation.command} ${(expected as { name?: string }).name ?? 'done'}`;
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
    expect(found, `operation ${index} of seed ${SEED}: ${JSON.stringify(operation)}`).toEqual(expected);
  }
  // A run in which nothing is refused, or nothing done, compares nothing.
  expect([...seen.keys()]).toEqual(
    expect.arrayContaining([
      'Put done',
      'Put ConditionalCheckFailedException',
      'Update done',
      'Update ValidationException',
      'TransactWrite done',
      'TransactWrite TransactionCanceledException',
      'Query done',
    ]),
  );
});
