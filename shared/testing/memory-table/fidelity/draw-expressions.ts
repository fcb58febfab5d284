import fc from 'fast-check';
import { anything, list, number, numbers, text, texts } from './draw-values.ts';

/** Text of an expression whose values stand in it as `:0`, `:1` …, to be bound by `bound`. */
export interface Drawn {
  readonly text: string;
  readonly values: readonly unknown[];
}

const plain = (expression: string): Drawn => ({ text: expression, values: [] });
const valued = (of: fc.Arbitrary<unknown>) => of.map((value): Drawn => ({ text: ':0', values: [value] }));

/** Joins parts; `0`, `1` … in the template stand for them in braces. */
export function join(template: string, ...parts: readonly Drawn[]): Drawn {
  const values: unknown[] = [];
  const texts_ = parts.map((part) => {
    const base = values.length;
    values.push(...part.values);
    return part.text.replace(/:(\d+)/g, (_whole, index) => `:${Number(index) + base}`);
  });
  return { text: template.replace(/\{(\d)\}/g, (_whole, index) => texts_[Number(index)]!), values };
}

/** Attributes that items have, and some that they have not. */
const attribute = fc.constantFrom('n', 'n', 's', 's', 'l', 'm', 'ss', 'ns', 'b', 'gone', '#s', '#n');
const key = fc.constantFrom('pk', 'sk', 'gsi1pk', 'gsi1sk', 'gsi2pk');
const inner = fc.constantFrom(
  'l[0]',
  'l[1]',
  'l[7]',
  'm.x',
  'm.y',
  'm.y.z',
  'm.n',
  'm.gone',
  'm.x[0]',
  'm.#n',
  'n.x',
  's[0]',
);
const readable = { weight: 12, arbitrary: attribute };
export const path = fc.oneof(readable, { weight: 4, arbitrary: inner }, { weight: 1, arbitrary: key }).map(plain);
/** Index keys are written on their own, so that no two items have the same one: the order of such is open. */
const written = fc
  .oneof(
    { weight: 30, arbitrary: attribute },
    { weight: 4, arbitrary: fc.constantFrom('l[0]', 'l[1]', 'l[7]', 'm.x', 'm.y', 'm.n') },
    { weight: 2, arbitrary: inner },
    { weight: 1, arbitrary: fc.constantFrom('pk', 'sk') },
  )
  .map(plain);
const value = valued(
  fc.oneof({ weight: 3, arbitrary: number }, { weight: 3, arbitrary: text }, { weight: 1, arbitrary: anything }),
);
const size = path.map((of) => join('size({0})', of));
const operand = fc.oneof(
  { weight: 5, arbitrary: path },
  { weight: 5, arbitrary: value },
  { weight: 1, arbitrary: size },
);
const comparator = fc.constantFrom('=', '=', '<>', '<', '<=', '>', '>=');
const typeName = valued(fc.constantFrom('S', 'N', 'L', 'M', 'SS', 'NULL', 'BOOL', 'B', 'X'));

const test = fc.oneof(
  { weight: 4, arbitrary: path.map((of) => join('attribute_exists({0})', of)) },
  { weight: 4, arbitrary: path.map((of) => join('attribute_not_exists({0})', of)) },
  { weight: 3, arbitrary: fc.constantFrom('attribute_not_exists(gone)', 'attribute_exists(pk)').map(plain) },
  {
    weight: 6,
    arbitrary: fc.tuple(operand, comparator, operand).map(([one, by, other]) => join(`{0} ${by} {1}`, one, other)),
  },
  { weight: 2, arbitrary: fc.tuple(operand, operand, operand).map((all) => join('{0} BETWEEN {1} AND {2}', ...all)) },
  { weight: 2, arbitrary: fc.tuple(operand, operand, operand).map((all) => join('{0} IN ({1}, {2})', ...all)) },
  { weight: 2, arbitrary: fc.tuple(path, valued(text)).map((all) => join('begins_with({0}, {1})', ...all)) },
  { weight: 2, arbitrary: fc.tuple(path, operand).map((all) => join('contains({0}, {1})', ...all)) },
  { weight: 1, arbitrary: fc.tuple(path, typeName).map((all) => join('attribute_type({0}, {1})', ...all)) },
);

export const { condition } = fc.letrec<{ condition: Drawn }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small' },
    { weight: 4, arbitrary: test },
    { weight: 1, arbitrary: fc.tuple(tie('condition'), tie('condition')).map((all) => join('{0} AND {1}', ...all)) },
    { weight: 1, arbitrary: fc.tuple(tie('condition'), tie('condition')).map((all) => join('({0}) OR {1}', ...all)) },
    { weight: 1, arbitrary: tie('condition').map((of) => join('NOT {0}', of)) },
  ),
}));

const indexPartition = valued(fc.constantFrom('@g1', '@g1', '@g2', ''));
const indexSort = valued(fc.constantFrom('~a', '~b', '~c'));
/** Mostly a path that holds what the operator takes; now and then any. */
const mostly = (...paths: string[]) =>
  fc.oneof({ weight: 10, arbitrary: fc.constantFrom(...paths).map(plain) }, { weight: 1, arbitrary: path });
const aNumber = mostly('n', 'n', '#n', 'm.n');
const aList = mostly('l');
const assigned = fc.oneof(
  { weight: 4, arbitrary: value },
  { weight: 1, arbitrary: path },
  { weight: 2, arbitrary: fc.tuple(aNumber, valued(number)).map((all) => join('{0} + {1}', ...all)) },
  { weight: 1, arbitrary: fc.tuple(aNumber, valued(number)).map((all) => join('{0} - {1}', ...all)) },
  { weight: 1, arbitrary: fc.tuple(path, value).map((all) => join('if_not_exists({0}, {1})', ...all)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(aNumber, valued(number), valued(number))
      .map((all) => join('if_not_exists({0}, {1}) + {2}', ...all)),
  },
  { weight: 1, arbitrary: fc.tuple(aList, valued(list)).map((all) => join('list_append({0}, {1})', ...all)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(aList, valued(list), valued(list))
      .map((all) => join('list_append({1}, if_not_exists({0}, {2}))', ...all)),
  },
);
const assignment = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(written, assigned).map((all) => join('{0} = {1}', ...all)) },
  {
    weight: 1,
    arbitrary: fc.tuple(indexPartition, indexSort).map((all) => join('gsi1pk = {0}, gsi1sk = {1}', ...all)),
  },
  { weight: 1, arbitrary: indexPartition.map((partition) => join('gsi1pk = {0}', partition)) },
);
const pair = (of: fc.Arbitrary<Drawn>, operand_: fc.Arbitrary<unknown>) =>
  fc.tuple(of, valued(operand_)).map((all) => join('{0} {1}', ...all));
const ofSets = [pair(mostly('ss'), texts), pair(mostly('ns'), numbers)];
const addition = fc.oneof(
  { weight: 6, arbitrary: pair(aNumber, number) },
  ...ofSets.map((arbitrary) => ({ weight: 2, arbitrary })),
  { weight: 1, arbitrary: pair(written, fc.oneof(text, numbers, texts)) },
);
const subtraction = fc.oneof(...ofSets.map((arbitrary) => ({ weight: 5, arbitrary })), {
  weight: 1,
  arbitrary: pair(written, fc.oneof(texts, number)),
});

const removed = fc.oneof(
  { weight: 8, arbitrary: written },
  { weight: 2, arbitrary: fc.constantFrom('gsi1sk', 'gsi1pk, gsi1sk', 'sk').map(plain) },
);

const section = (keyword: string, of: fc.Arbitrary<Drawn>, maxLength = 2) =>
  fc
    .array(of, { minLength: 1, maxLength })
    .map((all) => join(`${keyword} ${all.map((_one, index) => `{${index}}`).join(', ')}`, ...all));

/** Mostly one section, now and then several, which may contradict each other. */
export const update: fc.Arbitrary<Drawn> = fc
  .tuple(
    fc.option(section('SET', assignment), { freq: 4 }),
    fc.option(section('REMOVE', removed), { freq: 1 }),
    fc.option(section('ADD', addition, 2), { freq: 1 }),
    fc.option(section('DELETE', subtraction, 1), { freq: 1 }),
  )
  .map((sections) => sections.filter((one) => one !== null))
  .filter((sections) => sections.length > 0)
  .map((sections) => join(sections.map((_one, index) => `{${index}}`).join(' '), ...sections));

export const projection = fc.array(path, { minLength: 1, maxLength: 3 }).map((all) => {
  return join(all.map((_one, index) => `{${index}}`).join(', '), ...all);
});

const NAMES: Readonly<Record<string, string>> = { '#s': 's', '#n': 'n' };

/** Fields of a request for these expressions, whose values are bound in one list. */
export function bound(expressions: Readonly<Record<string, Drawn | null | undefined>>): Record<string, unknown> {
  const given = Object.entries(expressions).filter((entry): entry is [string, Drawn] => Boolean(entry[1]));
  const all = join(given.map((_one, index) => `{${index}}`).join('\n'), ...given.map(([, drawn]) => drawn));
  const lines = all.text.split('\n').map((line) => line.replace(/:(\d+)/g, ':v$1'));
  const used = new Set(lines.join().match(/#\w+/g));
  const names = Object.entries(NAMES).filter(([name]) => used.has(name));
  return {
    ...Object.fromEntries(given.map(([field], index) => [field, lines[index]])),
    ...(names.length > 0 ? { ExpressionAttributeNames: Object.fromEntries(names) } : {}),
    ...(all.values.length > 0
      ? { ExpressionAttributeValues: Object.fromEntries(all.values.map((one, index) => [`:v${index}`, one])) }
      : {}),
  };
}
