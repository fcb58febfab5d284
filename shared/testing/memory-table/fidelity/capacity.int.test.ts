import { beforeAll, describe, expect, it } from 'vitest';
import { describeBoth } from './both-stores.ts';

type Row = Record<string, unknown>;
interface Report {
  CapacityUnits: number;
  Table?: { CapacityUnits: number };
  GlobalSecondaryIndexes?: Record<string, { CapacityUnits: number }>;
}

const KB = (count: number) => 'x'.repeat(count * 1_024 - 100);
const index = (sort = '1') => ({ gsi1pk: 'capacity', gsi1sk: sort });

/** An item that is there, a write to it, and what the write costs the table and its index. */
type Case = readonly [what: string, before: Row | undefined, request: Row, table: number, index: number];

const puts: readonly Case[] = [
  ['a new item', undefined, {}, 1, 0],
  ['a new item of 3 KB', undefined, { d: KB(3) }, 3, 0],
  ['a smaller item', { d: KB(3) }, {}, 3, 0],
  ['a new item of an index', undefined, index(), 1, 1],
  ['a new item of two indexes', undefined, { ...index(), gsi2pk: 'a', gsi2sk: 'b' }, 1, 2],
  ['half of an index key', undefined, { gsi1pk: 'capacity' }, 1, 0],
  ['the same item', index(), index(), 1, 0],
  ['another attribute', index(), { ...index(), n: 1 }, 1, 1],
  ['another place in the index', index(), index('2'), 1, 2],
  ['no place in the index', index(), {}, 1, 1],
  ['a larger item of an index', index(), { ...index(), d: KB(3) }, 3, 3],
  ['a larger item elsewhere in the index', index(), { ...index('2'), d: KB(3) }, 3, 4],
];

const updates: readonly Case[] = [
  ['what is not there', undefined, { UpdateExpression: 'REMOVE a' }, 1, 0],
  ['nothing of it', { ...index(), d: KB(3) }, { UpdateExpression: 'REMOVE a' }, 3, 0],
  ['a little of it', { ...index(), d: KB(3) }, { UpdateExpression: 'SET a = pk' }, 3, 3],
  ['its place in the index', index(), { UpdateExpression: 'SET gsi1sk = pk' }, 1, 2],
  ['what it is large by', { ...index(), d: KB(3) }, { UpdateExpression: 'REMOVE d' }, 3, 3],
];

const deletes: readonly Case[] = [
  ['what is not there', undefined, {}, 1, 0],
  ['an item of 3 KB', { d: KB(3) }, {}, 3, 0],
  ['an item of an index', { ...index(), d: KB(3) }, {}, 3, 3],
];

describeBoth('capacity', (store) => {
  const units = async (name: 'Put' | 'Update' | 'Delete' | 'Get' | 'Query' | 'BatchGet', request: Row) => {
    const reply = await store.ask(name, { ...request, ReturnConsumedCapacity: 'INDEXES' });
    const [report] = [reply.ConsumedCapacity].flat() as [Report];
    const ofIndexes = Object.values(report.GlobalSecondaryIndexes ?? {}).map(({ CapacityUnits }) => CapacityUnits);
    const sum = ofIndexes.reduce((all, one) => all + one, 0);
    expect(report.CapacityUnits).toBe((report.Table?.CapacityUnits ?? 0) + sum);
    return [report.Table?.CapacityUnits, sum];
  };
  const prepared = async (before: Row | undefined) => {
    const key = { pk: store.partition(), sk: '1' };
    if (before) await store.ask('Put', { Item: { ...key, ...before } });
    return key;
  };

  it.each(puts)('of putting %s', async (_what, before, item, ...spent) => {
    const key = await prepared(before);
    expect(await units('Put', { Item: { ...key, ...item } })).toEqual(spent);
  });

  it.each(updates)('of updating %s', async (_what, before, request, ...spent) => {
    const Key = await prepared(before);
    expect(await units('Update', { Key, ...request })).toEqual(spent);
  });

  it.each(deletes)('of deleting %s', async (_what, before, _request, ...spent) => {
    const Key = await prepared(before);
    expect(await units('Delete', { Key })).toEqual(spent);
  });

  /** Every value takes so many bytes that one more byte beside it costs another unit. */
  it.each<readonly [unknown, number]>([
    ['', 0],
    ['é漢🜁', 9],
    [0, 1],
    [1, 2],
    [-1, 3],
    [100, 2],
    [123, 3],
    [-123, 4],
    [12.3, 3],
    [0.001, 2],
    [1_765_432_100_123, 8],
    [true, 1],
    [null, 1],
    [[], 3],
    [['a', 1], 8],
    [{}, 3],
    [{ ab: 'c' }, 7],
    [[[]], 7],
    [new Set(['a', 'bc']), 3],
    [new Set([1, 123]), 5],
    [new Uint8Array(5), 5],
  ])('of %j, which takes %i bytes', async (value, bytes) => {
    const Key = { pk: store.partition(), sk: '1' };
    const rest = 1_024 - (2 + Key.pk.length + 2 + 1 + 1 + bytes + 1);
    expect(await units('Put', { Item: { ...Key, v: value, d: 'x'.repeat(rest) } })).toEqual([1, 0]);
    expect(await units('Put', { Item: { ...Key, v: value, d: 'x'.repeat(rest + 1) } })).toEqual([2, 0]);
  });

  describe('of reads', () => {
    let pk: string;
    const all = { KeyConditionExpression: 'pk = :p', Select: 'COUNT' };
    beforeAll(async () => {
      pk = store.partition();
      for (const sk of ['1', '2', '3', '4', '5']) {
        await store.ask('Put', { Item: { pk, sk, gsi1pk: pk, gsi1sk: sk, d: KB(1) } });
      }
    });

    it('of one item', async () => {
      expect(await units('Get', { Key: { pk, sk: '1' } })).toEqual([0.5, 0]);
      expect(await units('Get', { Key: { pk, sk: '1' }, ConsistentRead: true })).toEqual([1, 0]);
      expect(await units('Get', { Key: { pk, sk: 'none' }, ConsistentRead: true })).toEqual([1, 0]);
    });

    it('of several items by the sum of their sizes', async () => {
      const values = { ExpressionAttributeValues: { ':p': pk } };
      expect(await units('Query', { ...all, ...values })).toEqual([1, 0]);
      expect(await units('Query', { ...all, ...values, ConsistentRead: true })).toEqual([2, 0]);
      expect(await units('Query', { ...all, ...values, Limit: 4 })).toEqual([0.5, 0]);
      const ofIndex = { ...all, ...values, IndexName: 'gsi1', KeyConditionExpression: 'gsi1pk = :p' };
      expect(await units('Query', ofIndex)).toEqual([0, 1]);
    });

    it('of a batch item by item', async () => {
      const Keys = ['1', '2', 'none'].map((sk) => ({ pk, sk }));
      expect(await units('BatchGet', { requests: { Keys } })).toEqual([1, 0]);
      expect(await units('BatchGet', { requests: { Keys, ConsistentRead: true } })).toEqual([2, 0]);
    });
  });
});
