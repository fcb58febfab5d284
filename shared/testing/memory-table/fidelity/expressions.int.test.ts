import { beforeAll, describe, expect, it } from 'vitest';
import { reservedWords } from '../expressions/reserved-words.ts';
import { describeBoth, type Store } from './both-stores.ts';
import { wordsThatLocalTakes } from './known-differences.ts';

const item = {
  n: 5,
  s: 'abc漢🜁',
  truth: true,
  nil: null,
  l: [1, 'a', { q: 1 }],
  m: { a: 1, c: { d: 2 } },
  ss: new Set(['a', 'b']),
  ns: new Set([1, 2]),
  bin: new Uint8Array([1, 2, 3]),
  el: [],
};
type Values = Record<string, unknown>;
const refused = 'ValidationException';

/** An expression about the item, its values in order as `:0`, `:1` …, and what comes of it. */
type Case = readonly [expression: string, values: readonly unknown[], outcome: unknown];

const valuesOf = (values: readonly unknown[]) =>
  values.length > 0
    ? { ExpressionAttributeValues: Object.fromEntries(values.map((value, index) => [`:${index}`, value])) }
    : {};
const names = { '#n': 'n', '#dotted': 'm.a', '#m': 'm', '#c': 'constructor' };
const namesOf = (expression: string) => {
  const used = Object.entries(names).filter(([name]) => expression.includes(name));
  return used.length > 0 ? { ExpressionAttributeNames: Object.fromEntries(used) } : {};
};

const conditions: readonly Case[] = [
  ['n = :0', [5], true],
  ['n = :0', ['5'], false],
  ['n <> :0', ['5'], true],
  ['n < :0', ['9'], false],
  ['NOT n < :0', ['9'], true],
  ['gone = :0', [1], false],
  ['gone <> :0', [1], true],
  ['gone <> nothing', [], true],
  [':0 < n', [4], true],
  ['n>=:0', [5], true],
  ['s < :0', ['\ue000'], true],
  ['l = :0', [[1, 'a', { q: 1 }]], true],
  ['m = :0', [{ c: { d: 2 }, a: 1 }], true],
  ['ss = :0', [new Set(['b', 'a'])], true],
  ['bin = :0', [new Uint8Array([1, 2, 3])], true],
  ['truth < :0', [true], refused],
  ['n < :0', [[1]], refused],
  ['n = n', [], refused],
  ['#n = n', [], refused],
  ['n BETWEEN :0 AND :1', [1, 9], true],
  ['n BETWEEN :0 AND :1', [6, 9], false],
  ['n BETWEEN :0 AND :1', [9, 1], refused],
  ['n BETWEEN :0 AND :1', [1, 'z'], refused],
  ['n IN (:0, :1)', [1, 5], true],
  ['n IN (:0)', [1], false],
  ['n IN :0', [1], refused],
  ['attribute_exists(nil)', [], true],
  ['attribute_exists(l[1])', [], true],
  ['attribute_exists(l[3])', [], false],
  ['attribute_exists(l[2].q)', [], true],
  ['attribute_exists(m.c.d.e)', [], false],
  ['attribute_not_exists(#c)', [], true],
  ['attribute_exists(:0)', [1], refused],
  ['attribute_type(nil, :0)', ['NULL'], true],
  ['attribute_type(ss, :0)', ['SS'], true],
  ['attribute_type(gone, :0)', ['S'], false],
  ['attribute_type(s, :0)', ['X'], refused],
  ['begins_with(s, :0)', ['ab'], true],
  ['begins_with(s, :0)', [''], true],
  ['begins_with(n, :0)', ['5'], false],
  ['begins_with(s, :0)', [1], refused],
  ['begins_with(s)', [], refused],
  ['contains(s, :0)', ['bc'], true],
  ['contains(l, :0)', [{ q: 1 }], true],
  ['contains(ss, :0)', ['a'], true],
  ['contains(ns, :0)', [2], true],
  ['contains(ns, :0)', ['2'], false],
  ['contains(m, :0)', ['a'], false],
  ['size(s) = :0', [6], true],
  ['size(l) = :0', [3], true],
  ['size(m) = :0', [2], true],
  ['size(bin) = :0', [3], true],
  ['size(el) = :0', [0], true],
  ['size(n) = :0', [1], false],
  ['size(gone) < :0', [1], false],
  ['size(size(s)) = :0', [1], refused],
  ['n = :0 AND s = :1 OR truth = :2', [6, 'x', true], true],
  ['n = :0 AND (s = :1 OR truth = :2)', [6, 'x', true], false],
  ['NOT (n = :0 OR s = :0) AND truth = :1', [6, true], true],
  ['NOT NOT n = :0', [5], true],
  ['(n = :0) and (attribute_exists(s))', [5], true],
  ['((n = :0))', [5], refused],
  ['(n) = :0', [5], true],
  ['#m.a = :0', [1], true],
  ['#dotted = :0', [1], false],
  ['n = :0 AND', [5], refused],
  ['n', [], refused],
  ['', [], refused],
  ['n = 5', [], refused],
  ['n != :0', [5], refused],
  ['a-b = :0', [5], refused],
  ['_et = :0', [5], refused],
  ['m.status = :0', [5], refused],
  ['ATTRIBUTE_EXISTS(s)', [], refused],
  ['attribute_exists(n) = :0', [true], refused],
];

const updates: readonly Case[] = [
  ['SET x = :0', [1], { x: 1 }],
  ['set x = :0 remove n', [1], { x: 1, n: undefined }],
  ['SET m.c.d = :0, m.x = :1', [9, 8], { m: { a: 1, c: { d: 9 }, x: 8 } }],
  ['SET l[0] = :0', [9], { l: [9, 'a', { q: 1 }] }],
  ['SET l[9] = :0, l[7] = :1', [9, 7], { l: [1, 'a', { q: 1 }, 7, 9] }],
  ['SET l[2].q = :0 REMOVE l[0], l[1]', [9], { l: [{ q: 9 }] }],
  ['SET n = s, s = n', [], { n: 'abc漢🜁', s: 5 }],
  ['SET n = n + :0', [1], { n: 6 }],
  ['SET n = n + :0', [0.1], { n: 5.1 }],
  ['SET n = :0 - n', [1], { n: -4 }],
  ['SET x = :0 + :1', [0.1, 0.2], { x: 0.3 }],
  ['SET x = :0 + :0', [9_007_199_254_740_991], { x: 18_014_398_509_481_982n }],
  ['SET n = (n + :0)', [1], { n: 6 }],
  ['SET n = n + :0 + :0', [1], refused],
  ['SET n = n + :0', ['1'], refused],
  ['SET s = s + :0', [1], refused],
  ['SET x = gone', [], refused],
  ['SET x = if_not_exists(x, :0)', [1], { x: 1 }],
  ['SET n = if_not_exists(n, :0)', [1], {}],
  ['SET x = if_not_exists(x, :0) + :1', [1, 2], { x: 3 }],
  ['SET x = if_not_exists(x, if_not_exists(y, :0))', [1], { x: 1 }],
  ['SET x = if_not_exists(n, gone)', [], refused],
  ['SET x = if_not_exists(n, n)', [], refused],
  ['SET x = if_not_exists(:0, n)', [1], refused],
  ['SET l = list_append(l, :0)', [[2]], { l: [1, 'a', { q: 1 }, 2] }],
  ['SET l = list_append(:0, l)', [[2]], { l: [2, 1, 'a', { q: 1 }] }],
  ['SET x = list_append(if_not_exists(x, :0), :1)', [[], [5]], { x: [5] }],
  ['SET l = list_append(l, :0)', [5], refused],
  ['SET l = list_append(n, :0)', [[5]], refused],
  ['SET x = attribute_exists(n)', [], refused],
  ['SET gone.x = :0', [1], refused],
  ['SET n.x = :0', [1], refused],
  ['SET l.x = :0', [1], refused],
  ['SET m[0] = :0', [1], refused],
  ['SET m = :0, m.x = :0', [1], refused],
  ['SET m.a = :0, m[0] = :0', [1], refused],
  ['SET n = :0, n = :0', [1], refused],
  ['SET x = :0 REMOVE x', [1], refused],
  ['SET x = :0 SET y = :0', [1], refused],
  ['SET x = :0,', [1], refused],
  ['SET', [], refused],
  ['FOO x', [], refused],
  ['SET pk = :0', ['other'], refused],
  ['REMOVE sk', [], refused],
  ['SET gsi1pk = :0', [''], refused],
  ['REMOVE n, gone', [], { n: undefined }],
  ['REMOVE m.c', [], { m: { a: 1 } }],
  ['REMOVE l[7]', [], {}],
  ['REMOVE gone.x', [], refused],
  ['ADD n :0', [2], { n: 7 }],
  ['ADD x :0', [2], { x: 2 }],
  ['ADD m.a :0, m.z :0', [1], { m: { a: 2, c: { d: 2 }, z: 1 } }],
  ['ADD ss :0', [new Set(['c', 'a'])], { ss: new Set(['a', 'b', 'c']) }],
  ['ADD x :0', [new Set([1])], { x: new Set([1]) }],
  ['ADD s :0', [2], refused],
  ['ADD n :0', ['x'], refused],
  ['ADD ss :0', [new Set([1])], refused],
  ['ADD n s', [], refused],
  ['DELETE ss :0', [new Set(['a', 'x'])], { ss: new Set(['b']) }],
  ['DELETE ss :0', [new Set(['a', 'b'])], { ss: undefined }],
  ['DELETE gone :0', [new Set(['a'])], {}],
  ['DELETE ns :0', [new Set(['a'])], refused],
  ['DELETE n :0', [1], refused],
];

const projections: readonly (readonly [string, unknown])[] = [
  ['n', { n: 5 }],
  ['n, gone', { n: 5 }],
  ['gone', {}],
  ['l[0]', { l: [1] }],
  ['l[2], l[0]', { l: [1, { q: 1 }] }],
  ['l[2].q', { l: [{ q: 1 }] }],
  ['m.c.d, m.a', { m: { a: 1, c: { d: 2 } } }],
  ['n.x', {}],
  ['l[7]', {}],
];

describeBoth('expressions', (store: Store) => {
  let Key: Values;
  const put = (more: Values = {}) => store.ask('Put', { Item: { ...Key, ...item }, ...more });
  const stored = async () => (await store.ask('Get', { Key })).Item;

  beforeAll(() => {
    Key = { pk: store.partition(), sk: '1' };
  });

  async function outcomeOf(request: () => Promise<unknown>): Promise<unknown> {
    try {
      await request();
      return true;
    } catch (error) {
      const { name } = error as Error;
      return name === 'ConditionalCheckFailedException' ? false : name;
    }
  }

  it.each(conditions)('condition %s with %j', async (ConditionExpression, values, outcome) => {
    await put();
    const more = { ConditionExpression, ...valuesOf(values), ...namesOf(ConditionExpression) };
    expect(await outcomeOf(() => put(more))).toBe(outcome);
  });

  it.each(updates)('update %s with %j', async (UpdateExpression, values, outcome) => {
    await put();
    const done = await outcomeOf(() => store.ask('Update', { Key, UpdateExpression, ...valuesOf(values) }));
    const { pk, sk, ...left } = (await stored()) as Values;
    if (typeof outcome === 'string') expect([done, left]).toEqual([outcome, item]);
    else {
      expect(done).toBe(true);
      expect({ pk, sk, ...left }).toEqual({ ...Key, ...item, ...(outcome as Values) });
    }
  });

  it.each(projections)('projection %s', async (ProjectionExpression, outcome) => {
    await put();
    expect((await store.ask('Get', { Key, ProjectionExpression })).Item).toEqual(outcome);
  });

  it.each(['n,', '', 'm.a, m.a', 'm, m.c', 'm.a, m[0]'])('projection %s is refused', async (ProjectionExpression) => {
    expect(await store.refusal('Get', { Key, ProjectionExpression })).toMatchObject({ name: refused });
  });

  describe('placeholders', () => {
    it.each<readonly [string, Values]>([
      ['an undefined value', { UpdateExpression: 'SET x = :x', ExpressionAttributeValues: { ':y': 1 } }],
      ['an undefined name', { UpdateExpression: 'SET #x = :x', ExpressionAttributeValues: { ':x': 1 } }],
      ['an unused value', { UpdateExpression: 'REMOVE x', ExpressionAttributeValues: { ':x': 1 } }],
      ['an unused name', { UpdateExpression: 'REMOVE x', ExpressionAttributeNames: { '#x': 'x' } }],
      ['no values', { UpdateExpression: 'REMOVE x', ExpressionAttributeValues: {} }],
      ['a value that is unset', { UpdateExpression: 'SET x = :x', ExpressionAttributeValues: { ':x': undefined } }],
      ['no expression', { ExpressionAttributeNames: { '#x': 'x' } }],
    ])('%s is refused', async (_what, request) => {
      expect(await store.refusal('Update', { Key, ...request })).toMatchObject({ name: refused });
    });

    it('may be shared by the expressions of a request', async () => {
      await put();
      await store.ask('Update', {
        Key,
        UpdateExpression: 'SET #n = :v',
        ConditionExpression: '#n < :v',
        ExpressionAttributeNames: { '#n': 'n' },
        ExpressionAttributeValues: { ':v': 9 },
      });
      expect(await stored()).toMatchObject({ n: 9 });
    });
  });

  it('each reserved word is refused as the name of an attribute', async () => {
    expect(reservedWords.size).toBe(573);
    const taken: string[] = [];
    for (const word of reservedWords) {
      const ProjectionExpression = word.toLowerCase();
      if ((await outcomeOf(() => store.ask('Get', { Key, ProjectionExpression }))) !== refused) taken.push(word);
    }
    expect(wordsThatLocalTakes).toEqual(expect.arrayContaining(taken));
  });
});
