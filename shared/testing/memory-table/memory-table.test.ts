import { GetCommand, PutCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE_MS, useClock } from '#shared/kernel/clock.ts';
import { useStepHook } from '#shared/kernel/step.ts';
import { meterCapacity, noCapacity } from '#shared/telemetry/capacity-meter.ts';
import { createMemoryClient } from './memory-client.ts';

const TableName = 'any';
const Key = { pk: 'P#1', sk: 'S#1' };
const Other = { pk: 'P#2', sk: 'S#1' };

let nowMs = 0;
let undo: () => void;
beforeEach(() => {
  nowMs = 1_000;
  undo = useClock({ nowMs: () => nowMs });
});
afterEach(() => undo());

const { client, table } = createMemoryClient();
const read = async () => (await client.send(new GetCommand({ TableName, Key }))).Item;

describe('the table in memory', () => {
  it('keeps copies: what a caller changes later changes nothing in it', async () => {
    const Item = { ...Key, list: [{ n: 1 }], set: new Set([1]), unset: undefined };
    await client.send(new PutCommand({ TableName, Item }));
    Item.list[0]!.n = 9;
    Item.set.add(9);
    const first = await read();
    expect(first).toEqual({ ...Key, list: [{ n: 1 }], set: new Set([1]) });
    first!.list[0].n = 7;
    expect(await read()).toEqual({ ...Key, list: [{ n: 1 }], set: new Set([1]) });
  });

  it('commits a transaction once for a token, and refuses another one under it, for ten minutes', async () => {
    await client.send(new PutCommand({ TableName, Item: { ...Key, n: 0 } }));
    const add = (by: number) =>
      client.send(
        new TransactWriteCommand({
          ClientRequestToken: 'token-1',
          TransactItems: [
            {
              Update: {
                TableName,
                Key,
                UpdateExpression: 'ADD n :by',
                ExpressionAttributeValues: { ':by': by },
              },
            },
          ],
        }),
      );
    await add(5);
    await add(5);
    expect((await read())?.n).toBe(5);
    await expect(add(6)).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
    nowMs += 11 * MINUTE_MS;
    await add(6);
    expect((await read())?.n).toBe(11);
  });

  it('does nothing of a transaction of which one condition fails, and names it', async () => {
    await client.send(new PutCommand({ TableName, Item: { ...Key, n: 1 } }));
    const before = table.all();
    const command = new TransactWriteCommand({
      TransactItems: [
        { Put: { TableName, Item: { ...Other, n: 1 } } },
        { Delete: { TableName, Key, ConditionExpression: 'n > :n', ExpressionAttributeValues: { ':n': 1 } } },
      ],
    });
    await expect(client.send(command)).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }],
    });
    expect(table.all()).toEqual(before);
  });

  it.each([
    ['an undefined name', { UpdateExpression: 'SET #n = :v', ExpressionAttributeValues: { ':v': 1 } }],
    ['a value that nothing uses', { UpdateExpression: 'SET n = :v', ExpressionAttributeValues: { ':v': 1, ':w': 2 } }],
    ['an empty set', { UpdateExpression: 'SET n = :v', ExpressionAttributeValues: { ':v': new Set() } }],
    [
      'an item that is too large',
      { UpdateExpression: 'SET n = :v', ExpressionAttributeValues: { ':v': 'x'.repeat(410_000) } },
    ],
    ['a clause that it does not know', { UpdateExpression: 'PUT n = :v', ExpressionAttributeValues: { ':v': 1 } }],
  ])('refuses %s', async (_what, input) => {
    await expect(client.send(new UpdateCommand({ TableName, Key, ...input }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('is behind the same steps and meters as the real one', async () => {
    const steps: string[] = [];
    const stop = useStepHook((name, run) => {
      steps.push(name);
      return run();
    });
    const consumed = noCapacity();
    await meterCapacity(consumed, () => client.send(new PutCommand({ TableName, Item: { ...Key, n: 1 } })));
    stop();
    expect([steps, consumed.writeUnits, consumed.calls]).toEqual([['table.PutItem'], 1, 1]);
  });

  it('tells every change with what was there before', async () => {
    const changes: unknown[] = [];
    table.onChange = ({ before, after }) => changes.push([before?.n, after?.n]);
    await client.send(new PutCommand({ TableName, Item: { ...Key, n: 2 } }));
    await client.send(new PutCommand({ TableName, Item: { ...Key, n: 3 } }));
    table.onChange = undefined;
    expect(changes).toEqual([
      [1, 2],
      [2, 3],
    ]);
  });
});
