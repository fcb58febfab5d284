import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE_MS, useClock } from '#shared/kernel/clock.ts';
import { useStepHook } from '#shared/kernel/step.ts';
import { transactionWriteUnits } from '#shared/table/transaction-units.ts';
import { meterCapacity, noCapacity } from '#shared/telemetry/capacity-meter.ts';
import type { ChangeRecord } from './memory-table.ts';
import { createMemoryTestTable } from './memory-test-table.ts';

const TableName = 'game';
const Key = { pk: 'P#1', sk: 'S#1' };
const Other = { pk: 'P#2', sk: 'S#1' };
type Actions = NonNullable<ConstructorParameters<typeof TransactWriteCommand>[0]['TransactItems']>;

let nowMs: number;
let undo: () => void;
let { client, memory } = createMemoryTestTable(TableName);
beforeEach(() => {
  nowMs = 1_000;
  undo = useClock({ nowMs: () => nowMs });
  ({ client, memory } = createMemoryTestTable(TableName));
});
afterEach(() => undo());

const put = (Item: Record<string, unknown>) => client.send(new PutCommand({ TableName, Item }));
const read = async (key = Key) => (await client.send(new GetCommand({ TableName, Key: key }))).Item;
const transact = (TransactItems: Actions, ClientRequestToken?: string) =>
  client.send(new TransactWriteCommand({ TransactItems, ClientRequestToken }));
const add = (by: number, key = Key) => ({
  Update: { TableName, Key: key, UpdateExpression: 'ADD n :by', ExpressionAttributeValues: { ':by': by } },
});

it('keeps copies: what a caller changes later changes nothing in it', async () => {
  const Item = { ...Key, list: [{ n: 1 }], set: new Set([1]), bytes: new Uint8Array([1]) };
  const kept = structuredClone(Item);
  await put(Item);
  Item.list[0]!.n = 9;
  Item.set.add(9);
  Item.bytes[0] = 9;
  const first = (await read()) as typeof Item;
  expect(first).toEqual(kept);
  first.list[0]!.n = 7;
  first.set.clear();
  expect(await read()).toEqual(kept);
});

it('is behind the same steps and meters as DynamoDB', async () => {
  const steps: string[] = [];
  const stop = useStepHook((name, run) => {
    steps.push(name);
    return run();
  });
  const consumed = noCapacity();
  await meterCapacity(consumed, async () => {
    await put({ ...Key, gsi1pk: 'a', gsi1sk: 'b' });
    await transact([add(1)]);
    await read();
  });
  stop();
  expect(steps).toEqual(['table.PutItem', 'table.TransactWriteItems', 'table.GetItem']);
  expect(consumed).toEqual({ readUnits: 0.5, writeUnits: 2 + 3, writeUnitsByRule: 2, calls: 3 });
});

it('refuses loudly what it does not know', async () => {
  await expect(client.send(new PutCommand({ TableName, Item: Key, Expected: {} }))).rejects.toThrow('Expected');
  await expect(client.send({ input: {} } as never)).rejects.toThrow('does not know Object');
});

describe('what transactions cost, by AWS’s rule', () => {
  const index = { gsi1pk: 'a', gsi1sk: 'b' };
  const KB3 = 'x'.repeat(3_000);
  it.each<readonly [string, Record<string, unknown> | undefined, Actions[number], number]>([
    ['a put', undefined, { Put: { TableName, Item: Key } }, 2],
    ['a put of 3 KB into an index', undefined, { Put: { TableName, Item: { ...Key, ...index, d: KB3 } } }, 9],
    ['an update', { n: 1 }, add(1), 2],
    ['an update of 3 KB', { d: KB3 }, add(1), 6],
    ['an update of an item in an index', index, add(1), 3],
    ['a delete', index, { Delete: { TableName, Key } }, 3],
    ['a check', undefined, { ConditionCheck: { TableName, Key, ConditionExpression: 'attribute_not_exists(pk)' } }, 2],
    [
      'a check of 3 KB',
      { ...index, d: KB3 },
      { ConditionCheck: { TableName, Key, ConditionExpression: 'attribute_exists(pk)' } },
      6,
    ],
  ])('%s', async (_what, before, action, units) => {
    if (before) await put({ ...Key, ...before });
    const { ConsumedCapacity } = await transact([action]);
    expect(ConsumedCapacity).toEqual([{ TableName, CapacityUnits: units, WriteCapacityUnits: units }]);
  });

  it('is what the estimate from the request says, where the request tells all', async () => {
    const actions: Actions = [
      { Put: { TableName, Item: { ...Key, ...index, d: KB3 } } },
      add(1, Other),
      { Delete: { TableName, Key: { pk: 'P#3', sk: '1' } } },
    ];
    const { ConsumedCapacity } = await transact(actions);
    expect(ConsumedCapacity![0]!.CapacityUnits).toBe(transactionWriteUnits(actions));
  });
});

it('knows a transaction by its token for ten minutes of the project’s clock', async () => {
  await transact([add(5)], 'token');
  nowMs += 10 * MINUTE_MS - 1;
  const { ConsumedCapacity } = await transact([add(5)], 'token');
  expect(ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 2, ReadCapacityUnits: 2 }]);
  await expect(transact([add(6)], 'token')).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
  nowMs += 1;
  await transact([add(6)], 'token');
  expect(await read()).toEqual({ ...Key, n: 11 });
});

describe('its stream', () => {
  it('tells every change in order, with both images, and transactions as one commit', async () => {
    const records: ChangeRecord[] = [];
    const stop = memory.onChange((record) => records.push(record));
    await put({ ...Key, n: 1 });
    nowMs = 2_000;
    await transact([add(1), { Put: { TableName, Item: Other } }]);
    await put({ ...Key, n: 2 });
    await client.send(new BatchWriteCommand({ RequestItems: { [TableName]: [{ DeleteRequest: { Key: Other } }] } }));
    stop();
    await put({ ...Key, n: 3 });
    expect(records).toEqual([
      { eventName: 'INSERT', sequence: 1, commit: 1, atMs: 1_000, oldImage: undefined, newImage: { ...Key, n: 1 } },
      {
        eventName: 'MODIFY',
        sequence: 2,
        commit: 2,
        atMs: 2_000,
        oldImage: { ...Key, n: 1 },
        newImage: { ...Key, n: 2 },
      },
      { eventName: 'INSERT', sequence: 3, commit: 2, atMs: 2_000, oldImage: undefined, newImage: Other },
      // The put that changed nothing is none.
      { eventName: 'REMOVE', sequence: 4, commit: 4, atMs: 2_000, oldImage: Other, newImage: undefined },
    ]);
  });

  it('tells nothing of what was refused', async () => {
    const records: ChangeRecord[] = [];
    memory.onChange((record) => records.push(record));
    const check = { ConditionCheck: { TableName, Key: Other, ConditionExpression: 'attribute_exists(pk)' } };
    await expect(transact([add(1), check])).rejects.toMatchObject({ name: 'TransactionCanceledException' });
    expect(records).toEqual([]);
    expect(memory.items()).toEqual([]);
  });
});

it('goes back to a snapshot: rows, indexes and tokens', async () => {
  const inIndex = async () =>
    (
      await client.send(
        new QueryCommand({
          TableName,
          IndexName: 'gsi1',
          KeyConditionExpression: 'gsi1pk = :a',
          ExpressionAttributeValues: { ':a': 'a' },
        }),
      )
    ).Items;
  await put({ ...Key, n: 1, gsi1pk: 'a', gsi1sk: 'b' });
  const snapshot = memory.snapshot();
  const items = memory.items();
  for (let round = 0; round < 2; round += 1) {
    await client.send(new UpdateCommand({ TableName, Key, UpdateExpression: 'SET n = n + n REMOVE gsi1pk' }));
    await transact([add(1, Other)], 'token');
    expect([await inIndex(), (await read(Other))?.n]).toEqual([[], 1]);
    memory.restore(snapshot);
    expect([await inIndex(), memory.items()]).toEqual([items, items]);
  }
});

describe('faults', () => {
  it('refuse a request as the service does, until they are undone', async () => {
    const stop = memory.useFaults(({ operation }) =>
      operation === 'PutItem' ? { kind: 'error', name: 'ThrottlingException' } : undefined,
    );
    await expect(put(Key)).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect(await read()).toBeUndefined();
    stop();
    await put(Key);
    expect(await read()).toEqual(Key);
  });

  it('cancel a transaction with a conflict at some of its actions', async () => {
    memory.useFaults(() => ({ kind: 'cancel', reasons: { 1: 'TransactionConflict' } }));
    await expect(transact([add(1), add(1, Other)])).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
    });
    expect(memory.items()).toEqual([]);
  });

  it('leave part of a batch unprocessed', async () => {
    const stop = memory.useFaults(() => ({ kind: 'unprocessed', indexes: [1] }));
    const requests = [Key, Other].map((Item) => ({ PutRequest: { Item } }));
    const written = await client.send(new BatchWriteCommand({ RequestItems: { [TableName]: requests } }));
    expect(written.UnprocessedItems).toEqual({ [TableName]: [requests[1]] });
    stop();
    expect(memory.items()).toEqual([Key]);

    memory.useFaults(() => ({ kind: 'unprocessed', indexes: [0] }));
    const get = new BatchGetCommand({ RequestItems: { [TableName]: { Keys: [Key] } } });
    expect(await client.send(get)).toMatchObject({
      Responses: { [TableName]: [] },
      UnprocessedKeys: { [TableName]: { Keys: [Key] } },
    });
  });
});

describe('a table whose views lag', () => {
  const byIndex = async () => {
    const values = { ':pk': 'I#1' };
    const asked = { TableName, KeyConditionExpression: 'gsi1pk = :pk', ExpressionAttributeValues: values };
    return (await client.send(new QueryCommand({ ...asked, IndexName: 'gsi1' }))).Items;
  };
  const present = async () => (await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item;
  const listed = (n: number) => ({ ...Key, gsi1pk: 'I#1', gsi1sk: `N#${n}`, n });

  it('shows a change in its index, and to whoever does not ask for the present, each after its time', async () => {
    memory.useLag((view) => (view === 'gsi1' ? 100 : 50));
    await put(listed(1));
    expect([await present(), await read(), await byIndex()]).toEqual([listed(1), undefined, []]);
    nowMs += 50;
    expect([await read(), await byIndex()]).toEqual([listed(1), []]);
    nowMs += 50;
    expect(await byIndex()).toEqual([listed(1)]);
  });

  it('shows the changes of one row in their order, and all of them at last', async () => {
    const delays = [100, 10, 0];
    memory.useLag((view) => (view === 'gsi1' ? delays.shift()! : 0));
    for (const n of [1, 2, 3]) await put(listed(n));
    expect([await read(), await byIndex()]).toEqual([listed(3), []]);
    nowMs += 99;
    expect(await byIndex()).toEqual([]);
    nowMs += 1;
    expect(await byIndex()).toEqual([listed(3)]);
  });

  it('shows everything at once when it is restored, and when it lags no more', async () => {
    const stop = memory.useLag(() => MINUTE_MS);
    const empty = memory.snapshot();
    await put(listed(1));
    memory.restore(empty);
    expect([await read(), await byIndex()]).toEqual([undefined, []]);
    await put(listed(2));
    stop();
    expect([await read(), await byIndex()]).toEqual([listed(2), [listed(2)]]);
  });
});

it('goes on with a scan whose last page ended in a partition that is gone by now', async () => {
  const keys = [1, 2, 3, 4].map((number) => ({ pk: `P#${number}`, sk: 'S#1' }));
  for (const key of keys) await put(key);
  const first = await client.send(new ScanCommand({ TableName, Limit: 2 }));
  await client.send(new DeleteCommand({ TableName, Key: keys[1]! }));
  const rest = await client.send(new ScanCommand({ TableName, ExclusiveStartKey: first.LastEvaluatedKey }));
  expect(rest.Items).toEqual(keys.slice(2));
});
