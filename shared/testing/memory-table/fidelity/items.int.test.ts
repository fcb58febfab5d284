import { describe, expect, it } from 'vitest';
import { describeBoth } from './both-stores.ts';

const refused = 'ValidationException';
const text = (bytes: number) => 'x'.repeat(bytes);
const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });

describeBoth('items', (store) => {
  const newKey = () => ({ pk: store.partition(), sk: '1' });

  describe('values', () => {
    it('come back as the SDK gives them', async () => {
      const key = newKey();
      const Item = {
        ...key,
        number: -0.5,
        zero: -0,
        large: 2n ** 80n,
        small: 7n,
        text: '',
        truth: false,
        nothing: null,
        list: [1, undefined, ['x']],
        map: { a: { b: undefined, c: 1 } },
        constructor: 'x',
        mapped: new Map([['k', 1]]),
        texts: new Set(['a', 'ё']),
        numbers: new Set([1, 2.5]),
        bytes: Buffer.from('bytes'),
        unset: undefined,
      };
      await store.ask('Put', { Item });
      const { Item: back } = await store.ask('Get', { Key: key, ConsistentRead: true });
      const { unset: _unset, ...rest } = Item;
      expect(back).toStrictEqual({
        ...rest,
        zero: 0,
        small: 7,
        list: [1, ['x']],
        map: { a: { c: 1 } },
        mapped: { k: 1 },
        bytes: new Uint8Array(Buffer.from('bytes')),
      });
    });

    it.each<readonly [string, unknown]>([
      ['an instance of a class', new Date(0)],
      ['an empty set', new Set()],
      ['a set of several types', new Set([true])],
      ['no number', Number.NaN],
      ['a number beyond the safe range', 2 ** 60],
    ])('%s is refused by the marshaller', async (_what, value) => {
      expect(await store.refusal('Put', { Item: { ...newKey(), value } })).toMatchObject({ name: 'Error' });
    });

    it.each<readonly [string, Record<string, unknown>]>([
      ['no sort key', { sk: undefined }],
      ['an empty key', { sk: '' }],
      ['a key that is no text', { sk: 1 }],
      ['a partition key of 2,049 bytes', { pk: text(2_049) }],
      ['a sort key of 1,025 bytes', { sk: text(1_025) }],
      ['an empty key of an index', { gsi1pk: '', gsi1sk: 'x' }],
      ['a key of an index that is no text', { gsi1pk: 1 }],
      ['a sort key of an index of 1,025 bytes', { gsi1pk: 'x', gsi1sk: text(1_025) }],
      ['an attribute without name', { '': 1 }],
      ['32 levels of maps', { deep: nested(32) }],
      ['39 digits', { number: 10n ** 38n + 1n }],
    ])('%s is refused', async (_what, part) => {
      expect(await store.refusal('Put', { Item: { ...newKey(), ...part } })).toMatchObject({ name: refused });
    });

    it('31 levels, 38 digits and the longest keys are taken', async () => {
      const Item = { pk: text(2_048), sk: text(1_024), deep: nested(31), number: 10n ** 37n + 1n, round: 10n ** 60n };
      await store.ask('Put', { Item });
      expect((await store.ask('Get', { Key: { pk: Item.pk, sk: Item.sk } })).Item).toEqual(Item);
    });

    it('an item has at most 400 KB, by an update too', async () => {
      const Key = newKey();
      const overhead = 2 + Key.pk.length + 2 + 1 + 1;
      await store.ask('Put', { Item: { ...Key, d: text(409_600 - overhead) } });
      expect(await store.refusal('Put', { Item: { ...Key, d: text(409_601 - overhead) } })).toMatchObject({
        name: refused,
      });
      const update = { Key, UpdateExpression: 'SET e = :e', ExpressionAttributeValues: { ':e': 1 } };
      expect(await store.refusal('Update', update)).toMatchObject({ name: refused });
    });
  });

  describe('keys of requests', () => {
    it.each<readonly [string, Record<string, unknown>]>([
      ['a part', { pk: 'a' }],
      ['more than the key', { pk: 'a', sk: '1', n: 1 }],
      ['an empty one', { pk: 'a', sk: '' }],
      ['one of another type', { pk: 'a', sk: 1 }],
    ])('%s is refused', async (_what, Key) => {
      for (const name of ['Get', 'Update', 'Delete'] as const) {
        expect(await store.refusal(name, { Key })).toMatchObject({ name: refused });
      }
    });

    it('another table is none', async () => {
      expect(await store.refusal('Get', { Key: newKey(), TableName: 'another' })).toMatchObject({
        name: 'ResourceNotFoundException',
        $metadata: { httpStatusCode: 400 },
      });
    });
  });

  describe('what writes return', () => {
    const set = (Key: unknown, ReturnValues: string) =>
      store.ask('Update', {
        Key,
        UpdateExpression: 'SET a = :a REMOVE b',
        ExpressionAttributeValues: { ':a': 2 },
        ReturnValues,
      });

    it.each<readonly [string, Record<string, unknown> | undefined]>([
      ['NONE', undefined],
      ['ALL_OLD', { a: 1, b: 1, c: 1 }],
      ['ALL_NEW', { a: 2, c: 1 }],
      ['UPDATED_OLD', { a: 1, b: 1 }],
      ['UPDATED_NEW', { a: 2 }],
    ])('of an update, %s', async (asked, returned) => {
      const key = newKey();
      await store.ask('Put', { Item: { ...key, a: 1, b: 1, c: 1 } });
      const all = asked.startsWith('ALL') ? key : {};
      expect((await set(key, asked)).Attributes).toEqual(returned && { ...all, ...returned });
    });

    it('an update makes the item that lacks, and has no old one to return', async () => {
      const key = newKey();
      expect((await set(key, 'ALL_OLD')).Attributes).toBeUndefined();
      expect((await store.ask('Get', { Key: key })).Item).toEqual({ ...key, a: 2 });
      const bare = newKey();
      expect((await store.ask('Update', { Key: bare, ReturnValues: 'ALL_NEW' })).Attributes).toEqual(bare);
    });

    it('a put and a delete return what was there', async () => {
      const key = newKey();
      const all = { ReturnValues: 'ALL_OLD' };
      expect((await store.ask('Put', { Item: key, ...all })).Attributes).toBeUndefined();
      expect((await store.ask('Put', { Item: { ...key, a: 1 }, ...all })).Attributes).toEqual(key);
      expect((await store.ask('Delete', { Key: key, ...all })).Attributes).toEqual({ ...key, a: 1 });
      expect((await store.ask('Delete', { Key: key, ...all })).Attributes).toBeUndefined();
      expect(await store.refusal('Put', { Item: key, ReturnValues: 'ALL_NEW' })).toMatchObject({ name: refused });
    });

    it('a failed condition tells the item, marshalled, when that is asked', async () => {
      const key = newKey();
      await store.ask('Put', { Item: { ...key, n: 1 } });
      const request = { Item: key, ConditionExpression: 'attribute_not_exists(pk)' };
      const plain = await store.refusal('Put', request);
      expect(plain).toMatchObject({ name: 'ConditionalCheckFailedException', $fault: 'client' });
      expect(plain.Item).toBeUndefined();
      expect((await store.refusal('Put', { ...request, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })).Item).toEqual(
        { pk: { S: key.pk }, sk: { S: '1' }, n: { N: '1' } },
      );
    });
  });

  describe('batches', () => {
    const keys = (count: number) => Array.from({ length: count }, (_none, index) => ({ pk: 'batch', sk: `${index}` }));

    it('write and read what there is', async () => {
      const [first, second, third] = [newKey(), newKey(), newKey()];
      const requests = [{ PutRequest: { Item: { ...first, n: 1 } } }, { PutRequest: { Item: second } }];
      expect((await store.ask('BatchWrite', { requests })).UnprocessedItems).toEqual({});
      await store.ask('BatchWrite', { requests: [{ DeleteRequest: { Key: second } }] });
      const reply = await store.ask('BatchGet', { requests: { Keys: [third, first, second] } });
      expect(reply).toMatchObject({ Responses: { [store.tableName]: [{ ...first, n: 1 }] }, UnprocessedKeys: {} });
    });

    it.each<readonly [string, 'BatchGet' | 'BatchWrite', unknown]>([
      ['101 keys', 'BatchGet', { Keys: keys(101) }],
      ['no key', 'BatchGet', { Keys: [] }],
      ['one key twice', 'BatchGet', { Keys: [...keys(2), ...keys(1)] }],
      ['26 writes', 'BatchWrite', keys(26).map((Key) => ({ DeleteRequest: { Key } }))],
      ['no write', 'BatchWrite', []],
      ['two writes of one item', 'BatchWrite', [...keys(1), ...keys(1)].map((Key) => ({ DeleteRequest: { Key } }))],
      ['a request without write', 'BatchWrite', [{}]],
    ])('%s are refused', async (_what, name, requests) => {
      expect(await store.refusal(name, { requests })).toMatchObject({ name: refused });
    });
  });
});
