import type { SeededRandom } from '#shared/testing/seeded-random.ts';

/** A call of the document client by its command's name, with its input but for the table's name. */
export interface Operation {
  readonly command: 'Get' | 'Put' | 'Update' | 'Delete' | 'Query' | 'TransactWrite' | 'BatchGet' | 'BatchWrite';
  readonly input: Record<string, unknown>;
}

type Row = Record<string, unknown>;

const WORDS = ['', 'a', 'ab', 'b', 'ß', 'z', '\u{1F480}', '\uffee'];

/** Draws an operation over few keys and few attributes, so that operations meet. */
export function randomOperation(random: SeededRandom): Operation {
  const draw = random.int(1, 100);
  if (draw <= 20) return { command: 'Put', input: put(random) };
  if (draw <= 45) return { command: 'Update', input: update(random) };
  if (draw <= 50) return { command: 'Delete', input: { Key: key(random), ...maybeCondition(random) } };
  if (draw <= 60) return { command: 'Get', input: { Key: key(random), ConsistentRead: random.percent(50) } };
  if (draw <= 80) return { command: 'Query', input: query(random) };
  if (draw <= 94) return { command: 'TransactWrite', input: { TransactItems: transaction(random) } };
  if (draw <= 97) return { command: 'BatchGet', input: { Keys: distinct(random), ConsistentRead: random.percent(50) } };
  return {
    command: 'BatchWrite',
    input: {
      Requests: distinct(random).map((Key) =>
        random.percent(60)
          ? { PutRequest: { Item: { ...Key, ...attributes(random, Key) } } }
          : { DeleteRequest: { Key } },
      ),
    },
  };
}

function key(random: SeededRandom): Row {
  return { pk: `P#${random.int(1, 3)}`, sk: `S#${random.int(1, 4)}` };
}

function distinct(random: SeededRandom): Row[] {
  const keys = Array.from({ length: random.int(1, 5) }, () => key(random));
  return [...new Map(keys.map((one) => [JSON.stringify(one), one])).values()];
}

function scalar(random: SeededRandom): unknown {
  return random.pick<() => unknown>([
    () => random.int(-3, 12),
    () => random.int(0, 3) / 4,
    () => random.pick(WORDS),
    () => random.percent(50),
    () => null,
  ])();
}

function value(random: SeededRandom): unknown {
  return random.pick<() => unknown>([
    () => scalar(random),
    () => scalar(random),
    () => Array.from({ length: random.int(0, 3) }, () => scalar(random)),
    () => ({ x: scalar(random), y: { z: random.int(0, 3) } }),
    () => numberSet(random),
    () => new Set([random.pick(['a', 'b']), random.pick(['b', 'c'])]),
    () => 'long '.repeat(random.int(100, 900)),
  ])();
}

const numberSet = (random: SeededRandom): Set<number> => new Set([random.int(1, 4), random.int(1, 4)]);

/** No two items have one place in an index: DynamoDB leaves open in which order they would come. */
const indexSort = (random: SeededRandom, { pk, sk }: Row): string => `T#${random.int(1, 5)}~${pk}~${sk}`;

function attributes(random: SeededRandom, of: Row): Row {
  return {
    ...(random.percent(70) ? { n: random.int(-2, 9) } : {}),
    ...(random.percent(50) ? { s: random.pick(WORDS) } : {}),
    ...(random.percent(40) ? { set: numberSet(random) } : {}),
    ...(random.percent(40) ? { list: [random.int(1, 3), { state: random.pick(['OPEN', 'DONE']) }] } : {}),
    ...(random.percent(40) ? { any: value(random) } : {}),
    ...(random.percent(50) ? { gsi1pk: `G#${random.int(1, 2)}`, gsi1sk: indexSort(random, of) } : {}),
  };
}

interface Condition {
  readonly text: string;
  readonly names?: Record<string, string>;
  readonly values?: Row;
}

function condition(random: SeededRandom): Condition {
  const comparator = random.pick(['=', '<>', '<', '<=', '>', '>=']);
  const simple = random.pick<() => Condition>([
    () => ({ text: 'attribute_exists(pk)' }),
    () => ({ text: 'attribute_not_exists(pk)' }),
    () => ({ text: `n ${comparator} :c`, values: { ':c': scalar(random) } }),
    () => ({ text: `#any ${comparator} :c`, names: { '#any': 'any' }, values: { ':c': value(random) } }),
    () => ({ text: `#l[1].#st = :c`, names: { '#l': 'list', '#st': 'state' }, values: { ':c': 'OPEN' } }),
    () => ({ text: 'begins_with(s, :c)', values: { ':c': random.pick(['a', 'z']) } }),
    () => ({ text: 'contains(#set, :c)', names: { '#set': 'set' }, values: { ':c': random.int(1, 4) } }),
    () => ({ text: 'n BETWEEN :c AND :d', values: { ':c': random.int(-2, 3), ':d': random.int(3, 9) } }),
    () => ({ text: 'n IN (:c, :d)', values: { ':c': random.int(0, 4), ':d': random.int(0, 4) } }),
    () => ({
      text: 'attribute_type(#any, :c)',
      names: { '#any': 'any' },
      values: { ':c': random.pick(['S', 'N', 'M']) },
    }),
    () => ({ text: 'size(#set) > :c', names: { '#set': 'set' }, values: { ':c': 1 } }),
  ])();
  if (random.percent(20)) return { ...simple, text: `NOT (${simple.text})` };
  if (random.percent(20)) return { ...simple, text: `${simple.text} OR attribute_not_exists(n)` };
  if (random.percent(20)) return { ...simple, text: `attribute_exists(sk) AND (${simple.text})` };
  return simple;
}

function expression(field: string, { text, names, values }: Condition): Row {
  return {
    [field]: text,
    ...(names ? { ExpressionAttributeNames: names } : {}),
    ...(values ? { ExpressionAttributeValues: values } : {}),
  };
}

function maybeCondition(random: SeededRandom): Row {
  return random.percent(60) ? expression('ConditionExpression', condition(random)) : {};
}

function put(random: SeededRandom): Row {
  const own = key(random);
  return { Item: { ...own, ...attributes(random, own) }, ...maybeCondition(random) };
}

/** What is malformed whatever the item, a transaction of DynamoDB Local refuses otherwise than AWS: it has none here. */
function update(random: SeededRandom, own: Row = key(random), where: 'alone' | 'in-transaction' = 'alone'): Row {
  const chosen = random.pick<() => Condition>([
    () => ({ text: 'SET n = :v', values: { ':v': random.int(0, 9) } }),
    () => ({ text: 'SET n = n + :v', values: { ':v': random.int(-2, 2) } }),
    () => ({ text: 'SET n = if_not_exists(n, :z) + :v', values: { ':z': 0, ':v': 1 } }),
    () => ({ text: 'SET #any = :v REMOVE s', names: { '#any': 'any' }, values: { ':v': value(random) } }),
    () => ({ text: 'ADD n :v, #set :w', names: { '#set': 'set' }, values: { ':v': 1, ':w': numberSet(random) } }),
    () => ({ text: 'DELETE #set :w', names: { '#set': 'set' }, values: { ':w': numberSet(random) } }),
    () => ({ text: 'SET #l[1].#st = :v', names: { '#l': 'list', '#st': 'state' }, values: { ':v': 'DONE' } }),
    () => ({ text: 'SET #l[7] = :v', names: { '#l': 'list' }, values: { ':v': random.int(1, 3) } }),
    () => ({ text: 'REMOVE #l[0], #l[1]', names: { '#l': 'list' } }),
    () => ({ text: 'SET #l = list_append(#l, :v)', names: { '#l': 'list' }, values: { ':v': [1] } }),
    () => ({ text: 'SET #any.x = :v', names: { '#any': 'any' }, values: { ':v': 1 } }),
    () => ({ text: 'SET gsi1pk = :v, gsi1sk = :w', values: { ':v': 'G#1', ':w': indexSort(random, own) } }),
    () => ({ text: 'REMOVE gsi1pk, gsi1sk ADD n :v', values: { ':v': 1 } }),
    ...(where === 'alone'
      ? [
          () => ({ text: 'SET n = :v, n = :v', values: { ':v': 1 } }),
          () => ({ text: 'SET sk = :v', values: { ':v': 'S#1' } }),
        ]
      : []),
  ])();
  const guard = random.percent(40) ? condition(random) : undefined;
  return {
    Key: own,
    UpdateExpression: chosen.text,
    ...(guard ? { ConditionExpression: guard.text } : {}),
    ...(chosen.names || guard?.names ? { ExpressionAttributeNames: { ...chosen.names, ...guard?.names } } : {}),
    ...(chosen.values || guard?.values ? { ExpressionAttributeValues: { ...chosen.values, ...guard?.values } } : {}),
    ...(random.percent(30)
      ? { ReturnValues: random.pick(['ALL_NEW', 'ALL_OLD', ...(/[[.]/.test(chosen.text) ? [] : ['UPDATED_NEW'])]) }
      : {}),
  };
}

function transaction(random: SeededRandom): Row[] {
  return distinct(random).map((Key) => {
    const action = random.int(1, 4);
    if (action === 1) return { Put: { Item: { ...Key, ...attributes(random, Key) }, ...maybeCondition(random) } };
    if (action === 2) return { Delete: { Key, ...maybeCondition(random) } };
    if (action === 3) return { ConditionCheck: { Key, ...expression('ConditionExpression', condition(random)) } };
    const { ReturnValues: _unused, ...change } = update(random, Key, 'in-transaction');
    return { Update: change };
  });
}

function query(random: SeededRandom): Row {
  const isIndex = random.percent(50);
  const [pk, sk] = isIndex ? ['gsi1pk', 'gsi1sk'] : ['pk', 'sk'];
  const prefix = isIndex ? 'T' : 'S';
  const range = random.pick<() => Condition>([
    () => ({ text: '' }),
    () => ({ text: ` AND begins_with(${sk}, :r)`, values: { ':r': `${prefix}#` } }),
    () => ({ text: ` AND ${sk} > :r`, values: { ':r': `${prefix}#2` } }),
    () => ({ text: ` AND ${sk} BETWEEN :r AND :q`, values: { ':r': `${prefix}#1+`, ':q': `${prefix}#3+` } }),
  ])();
  const filter = random.percent(30) ? condition(random) : undefined;
  const filterable = filter && !/\b(?:pk|sk)\b/.test(filter.text) ? filter : undefined;
  const projected = random.percent(20);
  return {
    ...(isIndex ? { IndexName: 'gsi1' } : { ConsistentRead: random.percent(50) }),
    KeyConditionExpression: `${pk} = :p${range.text}`,
    ...(filterable ? { FilterExpression: filterable.text } : {}),
    ...(projected ? { ProjectionExpression: 'pk, #s, n' } : {}),
    ...(filterable?.names || projected
      ? { ExpressionAttributeNames: { ...filterable?.names, ...(projected ? { '#s': 's' } : {}) } }
      : {}),
    ExpressionAttributeValues: {
      ':p': isIndex ? `G#${random.int(1, 2)}` : `P#${random.int(1, 3)}`,
      ...range.values,
      ...filterable?.values,
    },
    ScanIndexForward: random.percent(70),
    ...(random.percent(40) ? { Limit: random.int(1, 3) } : {}),
  };
}
