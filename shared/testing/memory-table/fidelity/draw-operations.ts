import fc from 'fast-check';
import { bound, condition, projection, update } from './draw-expressions.ts';
import { anything, list, map, number, numbers, text, texts } from './draw-values.ts';
import type { TableOperation } from './operation.ts';

/**
 * Requests over a small key space, so that they meet each other. `@a` stands for a partition of the run, `@table` for the
 * table's name, and `~x` for a sort key of an index that no other item has; `placed` fills them in.
 */
export const partitions = ['@a', '@b'] as const;
export const sorts = ['1', '2', '22', '3é'] as const;

interface Key {
  readonly pk: string;
  readonly sk: string;
}

const table = { TableName: '@table' };
const key: fc.Arbitrary<Key> = fc.record({ pk: fc.constantFrom(...partitions), sk: fc.constantFrom(...sorts) });
const strangeKey = fc.constantFrom<unknown>(
  { pk: '@a' },
  { pk: '@a', sk: '' },
  { pk: '@a', sk: 1 },
  { pk: '@a', sk: '1', n: 1 },
);
const mostlyKey = fc.oneof(
  { weight: 40, arbitrary: key as fc.Arbitrary<unknown> },
  { weight: 1, arbitrary: strangeKey },
);

const attributes = fc.record(
  { n: number, s: text, l: list, m: map, ss: texts, ns: numbers, b: anything },
  { requiredKeys: ['n', 'l'], noNullPrototype: true },
);
const indexed = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  {
    weight: 6,
    arbitrary: fc.record(
      { gsi1pk: fc.constantFrom('@g1', '@g2'), gsi1sk: fc.constantFrom('~a', '~b', '~c') },
      { requiredKeys: ['gsi1pk'], noNullPrototype: true },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record(
      { gsi1pk: fc.constant('@g1'), gsi1sk: fc.constant('~a'), gsi2pk: fc.constant('@g1'), gsi2sk: fc.constant('~b') },
      { noNullPrototype: true },
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom({ gsi1pk: '', gsi1sk: '~a' }, { gsi1pk: 1, gsi1sk: '~a' }, { gsi3pk: 1 }) },
);
const item = fc
  .tuple(mostlyKey, attributes, indexed)
  .map((parts) => Object.assign({}, ...parts) as Record<string, unknown>);

const maybe = <T>(of: fc.Arbitrary<T>, freq = 1) => fc.option(of, { freq, nil: undefined });
const onFailure = fc.constantFrom({}, { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
const returning = (...values: string[]) =>
  maybe(fc.constantFrom(...values)).map((one) => (one ? { ReturnValues: one } : {}));

type Input = Record<string, unknown>;
const input = (...parts: readonly fc.Arbitrary<Input>[]): fc.Arbitrary<Input> =>
  fc.tuple(...parts).map((all) => Object.assign({ ...table }, ...all));

const conditional = fc.tuple(maybe(condition), onFailure).map(([drawn, more]) => ({
  ...bound({ ConditionExpression: drawn }),
  ...(drawn ? more : {}),
}));
const keyed = mostlyKey.map((Key) => ({ Key }));
const put = input(
  item.map((Item) => ({ Item })),
  conditional,
);
const remove = input(keyed, conditional);
const change = input(
  keyed,
  fc.tuple(maybe(update, 20), maybe(condition), onFailure).map(([drawn, when, more]) => ({
    ...bound({ UpdateExpression: drawn, ConditionExpression: when }),
    ...(when ? more : {}),
  })),
);
const check = input(
  keyed,
  fc.tuple(condition, onFailure).map(([drawn, more]) => ({ ...bound({ ConditionExpression: drawn }), ...more })),
);
const projected = maybe(projection).map((drawn) => bound({ ProjectionExpression: drawn }));
const consistent = fc.constantFrom({}, { ConsistentRead: true }, { ConsistentRead: false });

const sortTests = ['', ' AND SORT = :x', ' AND SORT < :x', ' AND SORT <= :x', ' AND SORT > :x', ' AND :x <= SORT'];
const sortTest = fc.oneof(
  fc.constantFrom(...sortTests),
  fc.constantFrom(' AND begins_with(SORT, :x)', ' AND SORT BETWEEN :x AND :y', ' AND SORT <> :x'),
);
const paging = fc.record(
  { Limit: fc.constantFrom(1, 2, 3, 4, 10), ScanIndexForward: fc.boolean() },
  { requiredKeys: [], noNullPrototype: true },
);

/** A query of the table or an index; its expressions share one list of values. */
const query = fc
  .tuple(fc.boolean(), sortTest, fc.constantFrom(...sorts), fc.constantFrom(...sorts), key, maybe(condition), paging)
  .chain(([ofIndex, test, x, y, at, filter, pages]) =>
    fc.tuple(projected, consistent, fc.boolean(), fc.boolean()).map(([parts, reading, resumes, counts]) => {
      const [pk, sk] = ofIndex ? ['gsi1pk', 'gsi1sk'] : ['pk', 'sk'];
      const low = ofIndex ? { 1: 'a', 2: 'b', 22: 'b|', '3é': 'c' }[x] : x;
      const high = ofIndex ? { 1: 'a', 2: 'b', 22: 'b|', '3é': 'c' }[y] : y;
      const partition = ofIndex ? '@g1' : at.pk;
      const filtering = bound({ FilterExpression: filter });
      const start = ofIndex ? { ...at, gsi1pk: '@g1', gsi1sk: '~b' } : at;
      const { ProjectionExpression, ExpressionAttributeNames } = parts;
      return {
        ...table,
        ...(ofIndex ? { IndexName: 'gsi1' } : {}),
        ...(ofIndex ? {} : reading),
        ...pages,
        ...filtering,
        KeyConditionExpression: `${pk} = :p${test.replaceAll('SORT', sk!)}`,
        ExpressionAttributeValues: {
          ...(filtering.ExpressionAttributeValues as Input | undefined),
          ':p': partition,
          ...(test.includes(':x') ? { ':x': low } : {}),
          ...(test.includes(':y') ? { ':y': high } : {}),
        },
        ...(resumes ? { ExclusiveStartKey: start } : {}),
        ...(counts ? { Select: 'COUNT' } : { ProjectionExpression }),
        ...namesOf(filtering, counts ? {} : { ExpressionAttributeNames }),
      };
    }),
  );

function namesOf(...parts: readonly { ExpressionAttributeNames?: unknown }[]): Input {
  const names = Object.assign({}, ...parts.map((part) => part.ExpressionAttributeNames));
  return Object.keys(names).length > 0 ? { ExpressionAttributeNames: names } : {};
}

const keys = (maxLength: number) => fc.array(mostlyKey, { minLength: 1, maxLength });
const batchGet = fc.tuple(keys(5), projected, consistent).map(([Keys, parts, reading]) => ({
  RequestItems: { '@table': { Keys, ...parts, ...reading } },
}));
const batchWrite = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: item.map((Item) => ({ PutRequest: { Item } })) },
      { weight: 1, arbitrary: keyed.map((DeleteRequest) => ({ DeleteRequest })) },
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((requests) => ({ RequestItems: { '@table': requests } }));
const action = fc.oneof(
  { weight: 4, arbitrary: put.map((Put) => ({ Put })) },
  { weight: 4, arbitrary: change.map((Update) => ({ Update })) },
  { weight: 1, arbitrary: remove.map((Delete) => ({ Delete })) },
  { weight: 2, arbitrary: check.map((ConditionCheck) => ({ ConditionCheck })) },
);
/** Mostly actions on items of their own; with a check among them DynamoDB Local does not see that two are of one item. */
const keyOfAction = (one: Record<string, Input>): string => {
  const [{ Key, Item }] = Object.values(one) as [Input];
  return JSON.stringify([(Key ?? Item) as Key].map(({ pk, sk }) => [pk, sk]));
};
const transactWrite = fc
  .tuple(
    fc.uniqueArray(action as fc.Arbitrary<Record<string, Input>>, {
      minLength: 1,
      maxLength: 5,
      selector: keyOfAction,
    }),
    maybe(fc.constantFrom('@t1', '@t2', '@t3')),
  )
  .map(([TransactItems, token]) => ({ TransactItems, ...(token ? { ClientRequestToken: token } : {}) }));
const transactGet = fc
  .array(input(keyed, projected), { minLength: 1, maxLength: 4 })
  .map((gets) => ({ TransactItems: gets.map((Get) => ({ Get })) }));

const operation = (name: TableOperation['name'], weight: number, of: fc.Arbitrary<Input>) => ({
  weight,
  arbitrary: of.map((drawn): TableOperation => ({ name, input: { ...drawn, ReturnConsumedCapacity: 'TOTAL' } })),
});

export const anyOperation: fc.Arbitrary<TableOperation> = fc.oneof(
  operation('Put', 18, input(put, returning('ALL_OLD', 'NONE'))),
  operation('Update', 24, input(change, returning('ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW'))),
  operation('Delete', 6, input(remove, returning('ALL_OLD'))),
  operation('Get', 6, input(keyed, projected, consistent)),
  operation('Query', 20, query),
  operation('Scan', 1, fc.constant({ ...table, ConsistentRead: true })),
  operation('BatchGet', 3, batchGet),
  operation('BatchWrite', 4, batchWrite),
  operation('TransactWrite', 16, transactWrite),
  operation('TransactGet', 2, transactGet),
);

/** The operation in a place of its own: no other run meets it. */
export function placed(operation: TableOperation, tableName: string, run: string): TableOperation {
  const filled = (text: unknown): string => String(text).replace(/^@/, run);
  const at = (value: unknown, own: Partial<Key>): unknown => {
    if (typeof value === 'string') {
      if (value === '@table') return tableName;
      if (value.startsWith('~')) return `${value.slice(1)}|${filled(own.pk)}|${own.sk}`;
      return filled(value);
    }
    if (typeof value !== 'object' || value === null || value instanceof Set || value instanceof Uint8Array)
      return value;
    if (Array.isArray(value)) return value.map((one) => at(one, own));
    const record = value as Record<string, unknown>;
    const known = (record.Key ?? record.Item ?? ('pk' in record ? record : own)) as Partial<Key>;
    return Object.fromEntries(
      Object.entries(record).map(([name, one]) => [name === '@table' ? tableName : name, at(one, known)]),
    );
  };
  return { name: operation.name, input: at(operation.input, {}) as Record<string, unknown> };
}
