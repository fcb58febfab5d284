import { beforeAll, describe, expect, it } from 'vitest';
import { describeBoth } from './both-stores.ts';

const refused = 'ValidationException';
type Row = Record<string, unknown>;

describeBoth('queries', (store) => {
  const rows = async (partition: string, items: readonly Row[]) => {
    for (const item of items) await store.ask('Put', { Item: { pk: partition, ...item } });
  };
  const query = (KeyConditionExpression: string, values: Row, more: Row = {}) =>
    store.ask('Query', { KeyConditionExpression, ExpressionAttributeValues: values, ...more });
  const sorts = (reply: Row) => (reply.Items as Row[]).map(({ sk }) => sk);

  describe('a partition of five', () => {
    let pk: string;
    beforeAll(async () => {
      pk = store.partition();
      const all = ['1', '2', '22', '3', '4'];
      await rows(
        pk,
        all.map((sk, n) => ({ sk, n, gsi1pk: `${pk}#index`, gsi1sk: `${9 - n}` })),
      );
    });

    it.each<readonly [string, Row, readonly string[]]>([
      ['pk = :p', {}, ['1', '2', '22', '3', '4']],
      [':p = pk', {}, ['1', '2', '22', '3', '4']],
      ['pk = :p AND sk = :x', { ':x': '2' }, ['2']],
      ['sk > :x AND pk = :p', { ':x': '22' }, ['3', '4']],
      ['(pk = :p) AND (sk >= :x)', { ':x': '22' }, ['22', '3', '4']],
      ['pk = :p AND sk < :x', { ':x': '2' }, ['1']],
      ['pk = :p AND :x >= sk', { ':x': '2' }, ['1', '2']],
      ['pk = :p AND begins_with(sk, :x)', { ':x': '2' }, ['2', '22']],
      ['pk = :p AND sk BETWEEN :x AND :y', { ':x': '2', ':y': '3' }, ['2', '22', '3']],
    ])('%s %j', async (condition, values, found) => {
      const all = { ':p': pk, ...values };
      expect(sorts(await query(condition, all))).toEqual(found);
      expect(sorts(await query(condition, all, { ScanIndexForward: false }))).toEqual(found.toReversed());
    });

    it.each<readonly [string, Row]>([
      ['sk = :x', { ':x': '1' }],
      ['pk > :p', {}],
      ['pk = :p OR sk = :x', { ':x': '1' }],
      ['NOT pk = :p', {}],
      ['pk = :p AND sk <> :x', { ':x': '1' }],
      ['pk = :p AND sk IN (:x)', { ':x': '1' }],
      ['pk = :p AND n = :x', { ':x': 1 }],
      ['pk = :p AND sk > :x AND sk < :y', { ':x': '1', ':y': '2' }],
      ['pk = :p AND sk BETWEEN :y AND :x', { ':x': '1', ':y': '2' }],
      ['pk = :p AND sk = :x', { ':x': 1 }],
      ['pk = :p AND begins_with(sk, :x)', { ':x': '' }],
      ['pk = :p AND sk = pk', {}],
      ['pk = :p AND size(sk) = :x', { ':x': 1 }],
      ['pk.a = :p', {}],
    ])('%s %j is refused', async (KeyConditionExpression, values) => {
      const request = { KeyConditionExpression, ExpressionAttributeValues: { ':p': pk, ...values } };
      expect(await store.refusal('Query', request)).toMatchObject({ name: refused });
    });

    it.each<readonly [string, Row]>([
      ['no limit at all', { Limit: 0 }],
      ['an index that is none', { IndexName: 'gsi9' }],
      ['a filter on the sort key', { FilterExpression: 'sk = :p' }],
      ['a projection of a count', { Select: 'COUNT', ProjectionExpression: 'n' }],
      ['chosen attributes without projection', { Select: 'SPECIFIC_ATTRIBUTES' }],
      ['a start in another partition', { ExclusiveStartKey: { pk: 'other', sk: '1' } }],
      ['a start that is no key', { ExclusiveStartKey: { pk: 'other' } }],
    ])('%s is refused', async (_what, more) => {
      const request = { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': pk }, ...more };
      expect(await store.refusal('Query', request)).toMatchObject({ name: refused });
    });

    it('goes on where a page ended, either way, and also where that item is gone', async () => {
      for (const ScanIndexForward of [true, false]) {
        const pages: unknown[] = [];
        let ExclusiveStartKey: unknown;
        do {
          const reply: Row = await query('pk = :p', { ':p': pk }, { Limit: 2, ScanIndexForward, ExclusiveStartKey });
          pages.push(sorts(reply));
          ExclusiveStartKey = reply.LastEvaluatedKey;
        } while (ExclusiveStartKey);
        expect(pages).toEqual(ScanIndexForward ? [['1', '2'], ['22', '3'], ['4']] : [['4', '3'], ['22', '2'], ['1']]);
      }
      const after = await query('pk = :p', { ':p': pk }, { ExclusiveStartKey: { pk, sk: '2zzz' } });
      expect(sorts(after)).toEqual(['3', '4']);
    });

    it('says that there may be more when its limit is reached, even at the end', async () => {
      const full = await query('pk = :p', { ':p': pk }, { Limit: 5 });
      expect(full.LastEvaluatedKey).toEqual({ pk, sk: '4' });
      expect((await query('pk = :p', { ':p': pk }, { Limit: 6 })).LastEvaluatedKey).toBeUndefined();
    });

    it('limits what is read, not what passes the filter', async () => {
      const reply = await query(
        'pk = :p',
        { ':p': pk, ':n': 2 },
        { FilterExpression: 'n >= :n', Limit: 3, ProjectionExpression: 'n' },
      );
      expect(reply).toMatchObject({ Items: [{ n: 2 }], Count: 1, ScannedCount: 3, LastEvaluatedKey: { pk, sk: '22' } });
      const counted = await query('pk = :p', { ':p': pk }, { Select: 'COUNT' });
      expect([counted.Count, counted.Items]).toEqual([5, undefined]);
    });

    it('of an index are by its keys, and their pages end with both keys', async () => {
      const values = { ':p': `${pk}#index` };
      const first = await query('gsi1pk = :p', values, { IndexName: 'gsi1', Limit: 2 });
      expect(sorts(first)).toEqual(['4', '3']);
      expect(first.LastEvaluatedKey).toEqual({ pk, sk: '3', gsi1pk: `${pk}#index`, gsi1sk: '6' });
      const second = await query('gsi1pk = :p', values, {
        IndexName: 'gsi1',
        ExclusiveStartKey: first.LastEvaluatedKey,
        FilterExpression: 'sk <> :x',
        ExpressionAttributeValues: { ...values, ':x': '2' },
      });
      expect(sorts(second)).toEqual(['22', '1']);
      const consistent = { KeyConditionExpression: 'gsi1pk = :p', ExpressionAttributeValues: values };
      expect(await store.refusal('Query', { ...consistent, IndexName: 'gsi1', ConsistentRead: true })).toMatchObject({
        name: refused,
      });
    });
  });

  it('an item is in an index while it has both of its keys', async () => {
    const pk = store.partition();
    const Key = { pk, sk: '1' };
    const found = async (partition: string) =>
      sorts(await query('gsi2pk = :p', { ':p': partition }, { IndexName: 'gsi2' })).length;
    const counts = async () => [await found(`${pk}a`), await found(`${pk}b`)];
    const update = (UpdateExpression: string, values?: Row) =>
      store.ask('Update', { Key, UpdateExpression, ...(values ? { ExpressionAttributeValues: values } : {}) });

    await update('SET gsi2pk = :a', { ':a': `${pk}a` });
    expect(await counts()).toEqual([0, 0]);
    await update('SET gsi2sk = :a', { ':a': 'x' });
    expect(await counts()).toEqual([1, 0]);
    await update('SET gsi2pk = :b', { ':b': `${pk}b` });
    expect(await counts()).toEqual([0, 1]);
    await update('REMOVE gsi2sk');
    expect(await counts()).toEqual([0, 0]);
    await update('SET gsi2sk = :a', { ':a': 'x' });
    await store.ask('Delete', { Key });
    expect(await counts()).toEqual([0, 0]);
  });

  it('sort by UTF-8 bytes', async () => {
    const pk = store.partition();
    const ordered = ['a', 'é', '\ud7ff', '\ue000', '\uffee', '\u{1F701}', '\u{10ffff}'];
    await rows(
      pk,
      ordered.toReversed().map((sk) => ({ sk })),
    );
    expect(sorts(await query('pk = :p', { ':p': pk }))).toEqual(ordered);
  });

  it('a page ends with the item that reaches 1 MB', async () => {
    const pk = store.partition();
    // The sort key of the last is one byte longer, to be no part of the megabyte.
    const d = 'x'.repeat(262_144 - 2 - pk.length - 2 - 1 - 1);
    await rows(pk, [...['0', '1', '2', '3'].map((sk) => ({ sk, d })), { sk: '4' }]);
    const full = await query('pk = :p', { ':p': pk }, { Select: 'COUNT' });
    expect(full).toMatchObject({ Count: 4, LastEvaluatedKey: { pk, sk: '3' } });
    await rows(pk, [{ sk: '3', d: d.slice(1) }]);
    const all = await query('pk = :p', { ':p': pk }, { Select: 'COUNT' });
    expect([all.Count, all.LastEvaluatedKey]).toEqual([5, undefined]);
  });

  it('a scan finds everything once, page by page', async () => {
    const pk = store.partition();
    await rows(
      pk,
      ['1', '2', '3'].map((sk) => ({ sk, gsi3pk: 'scan', gsi3sk: sk })),
    );
    for (const [IndexName, filter] of [
      ['gsi3', undefined],
      [undefined, 'pk = :p'],
    ]) {
      const seen: unknown[] = [];
      let ExclusiveStartKey: unknown;
      do {
        const reply = await store.ask('Scan', {
          IndexName,
          Limit: 7,
          ExclusiveStartKey,
          ...(filter ? { FilterExpression: filter, ExpressionAttributeValues: { ':p': pk } } : {}),
        });
        seen.push(...sorts(reply));
        ExclusiveStartKey = reply.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      expect(seen.sort()).toEqual(['1', '2', '3']);
    }
  });
});
