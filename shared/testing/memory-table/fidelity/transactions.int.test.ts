import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { describeBoth } from './both-stores.ts';

const refused = 'ValidationException';
type Row = Record<string, unknown>;

describeBoth('transactions', (store) => {
  const key = (pk = store.partition()) => ({ pk, sk: '1' });
  const write = (TransactItems: readonly Row[], more: Row = {}) =>
    store.ask('TransactWrite', { TransactItems, ...more });
  const refusal = (TransactItems: readonly Row[], more: Row = {}) =>
    store.refusal('TransactWrite', { TransactItems, ...more });
  const stored = async (Key: Row) => (await store.ask('Get', { Key, ConsistentRead: true })).Item;
  const add = (Key: Row, by: number) => ({
    Update: { Key, UpdateExpression: 'ADD n :by', ExpressionAttributeValues: { ':by': by } },
  });

  it('do all of their actions', async () => {
    const [put, updated, deleted, checked] = [key(), key(), key(), key()];
    await store.ask('Put', { Item: deleted });
    await store.ask('Put', { Item: { ...checked, n: 1 } });
    await write([
      { Put: { Item: { ...put, n: 1 } } },
      add(updated, 2),
      { Delete: { Key: deleted, ConditionExpression: 'attribute_exists(pk)' } },
      { ConditionCheck: { Key: checked, ConditionExpression: 'n = :n', ExpressionAttributeValues: { ':n': 1 } } },
    ]);
    expect(await Promise.all([put, updated, deleted, checked].map(stored))).toEqual([
      { ...put, n: 1 },
      { ...updated, n: 2 },
      undefined,
      { ...checked, n: 1 },
    ]);
  });

  it('do nothing when one condition fails, and give a reason for every action in order', async () => {
    const [first, second, third] = [key(), key(), key()];
    await store.ask('Put', { Item: { ...second, n: 1 } });
    const error = await refusal([
      add(first, 1),
      {
        Put: {
          Item: second,
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
      { ConditionCheck: { Key: third, ConditionExpression: 'attribute_exists(pk)' } },
      { Delete: { Key: key(), ConditionExpression: 'attribute_not_exists(pk)' } },
    ]);
    expect(error.name).toBe('TransactionCanceledException');
    const reasons = error.CancellationReasons as { Code: string; Item?: unknown }[];
    expect(reasons.map(({ Code }) => Code)).toEqual([
      'None',
      'ConditionalCheckFailed',
      'ConditionalCheckFailed',
      'None',
    ]);
    expect(reasons.map(({ Item }) => Item)).toEqual([
      undefined,
      { pk: { S: second.pk }, sk: { S: '1' }, n: { N: '1' } },
      undefined,
      undefined,
    ]);
    expect(await stored(first)).toBeUndefined();
  });

  it('see the table as it was before, in all of their actions', async () => {
    const [first, second] = [key(), key()];
    await write([{ Put: { Item: first } }, { Put: { Item: second, ConditionExpression: 'attribute_not_exists(pk)' } }]);
    const error = await refusal([
      { Delete: { Key: first } },
      { Update: { Key: second, UpdateExpression: 'REMOVE a', ConditionExpression: 'attribute_exists(n)' } },
    ]);
    expect(error.name).toBe('TransactionCanceledException');
    expect(await stored(first)).toEqual(first);
  });

  it.each<readonly [string, (Key: Row) => readonly Row[]]>([
    ['no action', () => []],
    [
      '101 actions',
      ({ pk }) => Array.from({ length: 101 }, (_none, index) => ({ Delete: { Key: { pk, sk: `${index}` } } })),
    ],
    ['two writes of one item', (Key) => [{ Put: { Item: Key } }, { Delete: { Key } }]],
    ['an action of two kinds', (Key) => [{ Put: { Item: Key }, Delete: { Key } }]],
    ['an action of no kind', () => [{}]],
    ['a check without condition', (Key) => [{ ConditionCheck: { Key } }]],
    ['an empty key', ({ pk }) => [{ Delete: { Key: { pk, sk: '' } } }]],
    ['an unused value', (Key) => [{ Delete: { Key, ExpressionAttributeValues: { ':x': 1 } } }]],
    ['an item of more than 400 KB', (Key) => [{ Put: { Item: { ...Key, d: 'x'.repeat(409_600) } } }]],
    [
      'more than 4 MB',
      ({ pk }) =>
        Array.from({ length: 11 }, (_none, sk) => ({ Put: { Item: { pk, sk: `${sk}`, d: 'x'.repeat(390_000) } } })),
    ],
    ['a change of a key', (Key) => [add(key(), 1), { Update: { Key, UpdateExpression: 'REMOVE pk' } }]],
  ])('%s is refused', async (_what, actions) => {
    const Key = key();
    const error = await refusal(actions(Key));
    // What is wrong with one action alone may be told as its reason.
    const codes = (error.CancellationReasons as { Code: string }[] | undefined)?.map(({ Code }) => Code);
    expect(codes?.includes('ValidationError') ? refused : error.name).toBe(refused);
    expect(await stored(Key)).toBeUndefined();
  });

  it('hold 100 actions', async () => {
    const pk = store.partition();
    const all = Array.from({ length: 100 }, (_none, sk) => ({ pk, sk: `${sk}` }));
    await write(all.map((Item) => ({ Put: { Item } })));
    const { Count } = await store.ask('Query', {
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': pk },
    });
    expect(Count).toBe(100);
  });

  describe('with a token', () => {
    it('commit once', async () => {
      const Key = key();
      const ClientRequestToken = randomUUID();
      await write([add(Key, 5)], { ClientRequestToken });
      await write([add(Key, 5)], { ClientRequestToken });
      expect(await stored(Key)).toEqual({ ...Key, n: 5 });
      expect(await refusal([add(Key, 6)], { ClientRequestToken })).toMatchObject({
        name: 'IdempotentParameterMismatchException',
      });
      await write([add(Key, 5)], { ClientRequestToken: randomUUID() });
      expect(await stored(Key)).toEqual({ ...Key, n: 10 });
    });

    it('are decided anew when they were cancelled before', async () => {
      const [Key, gate] = [key(), key()];
      const ClientRequestToken = randomUUID();
      const actions = [add(Key, 1), { ConditionCheck: { Key: gate, ConditionExpression: 'attribute_exists(pk)' } }];
      expect(await refusal(actions, { ClientRequestToken })).toMatchObject({ name: 'TransactionCanceledException' });
      await store.ask('Put', { Item: gate });
      await write(actions, { ClientRequestToken });
      expect(await stored(Key)).toEqual({ ...Key, n: 1 });
    });

    it('of more than 36 characters are refused', async () => {
      expect(await refusal([add(key(), 1)], { ClientRequestToken: 'x'.repeat(37) })).toMatchObject({ name: refused });
    });
  });

  it('read several items at once, in the order asked', async () => {
    const [first, second] = [key(), key()];
    await write([{ Put: { Item: { ...first, n: 1, m: 1 } } }]);
    const gets = [{ Get: { Key: second } }, { Get: { Key: first, ProjectionExpression: 'n' } }];
    expect((await store.ask('TransactGet', { TransactItems: gets })).Responses).toEqual([{}, { Item: { n: 1 } }]);
    const twice = [gets[0], gets[0]];
    expect(await store.refusal('TransactGet', { TransactItems: twice })).toMatchObject({ name: refused });
  });
});
