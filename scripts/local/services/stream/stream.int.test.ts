import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { InvokeResult } from '../../service.ts';
import { type DynamoDbLocal, startDynamoDbLocal } from '../dynamodb/dynamodb-local.ts';
import { ensureTable, tableSpec } from '../dynamodb/table-spec.ts';
import { CheckpointFile } from './checkpoint-file.ts';
import { StreamEventSource, type StreamEventSourceOptions } from './stream-event-source.ts';

let store: DynamoDbLocal;
let client: DynamoDBClient;
let folder: string;
let tables = 0;
const sources: StreamEventSource[] = [];

beforeAll(async () => {
  store = await startDynamoDbLocal({ inMemory: true });
  client = new DynamoDBClient({
    endpoint: store.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  folder = mkdtempSync(join(tmpdir(), 'checkpoints-'));
});

afterEach(async () => {
  for (const source of sources.splice(0)) await source.stop();
});

afterAll(async () => {
  client.destroy();
  await store.stop();
  rmSync(folder, { recursive: true });
});

const properties = (TableName: string) => ({
  TableName,
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  TimeToLiveSpecification: { Enabled: true, AttributeName: 'ttl' },
});

async function newTable(): Promise<string> {
  tables += 1;
  const name = `stream-test-${tables}`;
  await ensureTable(client, tableSpec(properties(name)));
  return name;
}

const put = (TableName: string, pk: string, sk: string, entity = 'Outbox') =>
  client.send(new PutItemCommand({ TableName, Item: { pk: { S: pk }, sk: { S: sk }, _et: { S: entity } } }));

/** A source whose function gets each record as `pk/sk`. */
async function attach(
  tableName: string,
  handle: (keys: string[], event: DynamoDBStreamEvent) => InvokeResult | undefined | Promise<undefined>,
  options: Partial<StreamEventSourceOptions> = {},
) {
  const source = new StreamEventSource({
    id: 'test',
    endpoint: store.endpoint,
    eventSourceArn: 'arn:stream',
    tableName,
    partitionKey: 'pk',
    functionName: 'fn',
    region: 'eu-central-1',
    startingPosition: 'TRIM_HORIZON',
    nowMs: () => Date.now(),
    firstRetryMs: 5,
    invoke: async (_name, payload) => {
      const event = payload as DynamoDBStreamEvent;
      const keys = event.Records.map(({ dynamodb }) => `${dynamodb!.Keys!.pk!.S}/${dynamodb!.Keys!.sk!.S}`);
      return (await handle(keys, event)) ?? { payload: null };
    },
    ...options,
  });
  sources.push(source);
  await source.start();
  return source;
}

const boom: InvokeResult = { functionError: { errorType: 'Error', errorMessage: 'boom' } };
const until = (source: StreamEventSource) =>
  vi.waitFor(async () => expect(await source.idle()).toBe(true), { timeout: 10_000 });

test('records of one key arrive in order however many lanes work, in Lambda’s form and through the filter', async () => {
  const table = await newTable();
  const seen: string[] = [];
  const events: DynamoDBStreamEvent[] = [];
  const filters = [{ eventName: ['INSERT'], dynamodb: { NewImage: { _et: { S: ['Outbox'] } } } }];
  const source = await attach(
    table,
    async (keys, event) => {
      events.push(event);
      // Lanes overtake each other here; records of one key may not.
      await new Promise((resolve) => setTimeout(resolve, keys[0]!.startsWith('a') ? 8 : 1));
      seen.push(...keys);
      return undefined;
    },
    { parallelization: 10, batchSize: 3, filters },
  );
  for (let index = 0; index < 12; index++) {
    for (const pk of ['a', 'b', 'c']) await put(table, pk, String(index).padStart(2, '0'));
    await put(table, 'a', `noise${index}`, 'Account');
  }
  await until(source);
  for (const pk of ['a', 'b', 'c']) {
    const ofKey = seen.filter((key) => key.startsWith(pk));
    expect(ofKey).toHaveLength(12);
    expect(ofKey).toEqual([...ofKey].sort());
  }
  expect(events[0]!.Records[0]).toMatchObject({
    eventSource: 'aws:dynamodb',
    eventSourceARN: 'arn:stream',
    eventName: 'INSERT',
    awsRegion: 'eu-central-1',
    dynamodb: { StreamViewType: 'NEW_AND_OLD_IMAGES', NewImage: { _et: { S: 'Outbox' } } },
  });
});

test('a poison record blocks what comes after it until its retries are spent, then a note goes to the failure queue', async () => {
  const table = await newTable();
  const calls: string[] = [];
  const notes: string[] = [];
  await put(table, 'poison', '1');
  await put(table, 'good', '1');
  const source = await attach(
    table,
    (keys) => {
      calls.push(...keys);
      return keys.includes('poison/1') ? boom : undefined;
    },
    { batchSize: 1, maxRetries: 2, onFailureDestination: (note) => notes.push(note) },
  );
  await until(source);
  expect(calls).toEqual(['poison/1', 'poison/1', 'poison/1', 'good/1']);
  expect(notes.map((note) => JSON.parse(note))).toMatchObject([
    {
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
      DDBStreamBatchInfo: { batchSize: 1, streamArn: 'arn:stream' },
    },
  ]);
});

test('idle is only true when the latest write has been handled', async () => {
  const table = await newTable();
  const gate = Promise.withResolvers<undefined>();
  let handled = 0;
  const source = await attach(table, async () => {
    await gate.promise;
    handled += 1;
    return undefined;
  });
  expect(await source.idle()).toBe(true);
  await put(table, 'a', '1');
  expect(await source.idle()).toBe(false);
  gate.resolve(undefined);
  await until(source);
  expect(handled).toBe(1);
});

test('a restart goes on after the last record that was done', async () => {
  const table = await newTable();
  const path = join(folder, 'checkpoints.json');
  const seen: string[] = [];
  const note = (keys: string[]) => {
    seen.push(...keys);
    return undefined;
  };
  const first = await attach(table, note, { checkpoints: new CheckpointFile(path) });
  await put(table, 'a', '1');
  await until(first);
  await first.stop();
  await put(table, 'a', '2');
  await until(await attach(table, note, { checkpoints: new CheckpointFile(path) }));
  expect(seen).toEqual(['a/1', 'a/2']);
});

test('a table that is already there is taken as it is, one of another shape is refused', async () => {
  const table = await newTable();
  await put(table, 'a', '1');
  await expect(ensureTable(client, tableSpec(properties(table)))).resolves.toBeUndefined();
  const other = tableSpec({ ...properties(table), StreamSpecification: { StreamViewType: 'NEW_IMAGE' } });
  await expect(ensureTable(client, other)).rejects.toThrow(/npm start -- --fresh/);
});
