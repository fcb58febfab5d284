import { createId, type IdPrefix, idKinds } from '#shared/kernel/ids.ts';
import { type JsonSchema, typeOf } from './json-schema.ts';
import { type DocumentedOperation, resolve } from './operations.ts';
import { idKindOf } from './pool.ts';
import type { Dice } from './random.ts';
import type { FuzzRequest } from './valid-request.ts';
import { NASTY_TEXTS } from './values.ts';

/** A request that is wrong in one respect, and what that is. */
export interface Mutant {
  readonly what: string;
  readonly request: FuzzRequest;
}

type Mutation = (operation: DocumentedOperation, valid: FuzzRequest, dice: Dice) => Mutant | undefined;
type Path = readonly (string | number)[];

const DEFAULT_LIMIT_BYTES = 16_384;
/** Behind it every reader of JSON that calls itself has run out of stack; small enough for the body's limit. */
const DEEP = 8_000;

const STRANGE_FIELDS = [
  'surprise',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  '$where',
  '',
  ' ',
  'ID',
  'roles',
];
const WRONG_VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -1, 0.5, 2 ** 53, -(2 ** 53), 1e308, '', 'x', 'NaN', 'Infinity', '1e3', '0x10', '１２'],
  ...[[], {}, [null], [[]], { length: 1 }, { $gt: '' }, { wrong: [true] }, ['__proto__']],
];

/** Every place in the value with the schema that rules it; unions are read by the alternative that names the fields. */
function placesOf(
  schema: JsonSchema,
  value: unknown,
  at: Path = [],
): { at: Path; schema: JsonSchema; value: unknown }[] {
  if (schema.$ref) return placesOf(resolve(schema.$ref), value, at);
  const own = { at, schema, value };
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) {
    const names = typeOf(value) === 'object' ? Object.keys(value as object) : [];
    const chosen =
      choices.find((one) => names.every((name) => one.properties && name in one.properties)) ?? choices[0]!;
    return [own, ...placesOf(chosen, value, at).filter((place) => place.at.length > at.length)];
  }
  if (Array.isArray(value) && typeof schema.items === 'object') {
    const of = schema.items;
    return [own, ...value.flatMap((entry, index) => placesOf(of, entry, [...at, index]))];
  }
  if (typeOf(value) !== 'object') return [own];
  return [
    own,
    ...Object.entries(value as object).flatMap(([name, field]) => {
      const of = schema.properties?.[name] ?? schema.additionalProperties;
      return typeof of === 'object' ? placesOf(of, field, [...at, name]) : [];
    }),
  ];
}

/** A copy with another value at the place; undefined as value leaves the field out. */
function withValue(whole: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  const copy = (Array.isArray(whole) ? [...whole] : { ...(whole as object) }) as Record<string | number, unknown>;
  const next = withValue(copy[step], rest, value);
  if (next === undefined) delete copy[step];
  else copy[step] = next;
  return copy;
}

const spell = (at: Path): string => (at.length === 0 ? 'the body' : at.join('.'));

/** A copy of the JSON text with a field added that object literals cannot hold. */
function withField(body: unknown, name: string, value: unknown): string | undefined {
  if (typeOf(body) !== 'object') return undefined;
  const inner = JSON.stringify(body).slice(1, -1);
  return `{${inner}${inner === '' ? '' : ','}${JSON.stringify(name)}:${JSON.stringify(value)}}`;
}

function beyondBounds(schema: JsonSchema, value: unknown, dice: Dice): readonly unknown[] {
  const candidates: unknown[] = [];
  const add = (when: boolean, make: () => unknown) => when && candidates.push(make());
  add(schema.minimum !== undefined, () => schema.minimum! - 1);
  add(schema.maximum !== undefined, () => schema.maximum! + 1);
  add(schema.exclusiveMinimum !== undefined, () => schema.exclusiveMinimum);
  add(schema.exclusiveMaximum !== undefined, () => schema.exclusiveMaximum);
  add((schema.minLength ?? 0) > 0, () => String(value).slice(0, schema.minLength! - 1));
  add(schema.maxLength !== undefined, () => String(value ?? 'x').padEnd(schema.maxLength! + 1, 'x'));
  add(schema.type === 'integer', () => Number(value) + 0.5);
  add(schema.enum !== undefined, () => `${String(schema.enum![0])}x`);
  add(schema.enum !== undefined, () => String(schema.enum![0]).toUpperCase());
  add(schema.const !== undefined, () => `not ${String(schema.const)}`);
  add((schema.pattern ?? schema.format) !== undefined, () => spoiled(String(value), dice));
  add((schema.minItems ?? 0) > 0 && Array.isArray(value), () => (value as unknown[]).slice(0, schema.minItems! - 1));
  add(schema.maxItems !== undefined && Array.isArray(value) && value.length > 0, () =>
    Array.from(
      { length: schema.maxItems! + 1 },
      (_none, index) => (value as unknown[])[index % (value as unknown[]).length],
    ),
  );
  return candidates;
}

/** The text with one thing wrong. */
function spoiled(text: string, dice: Dice): string {
  const at = dice.int(0, text.length);
  const kind = idKinds[text.slice(0, 3) as IdPrefix] ? text.slice(0, 3) : undefined;
  const others = (Object.keys(idKinds) as IdPrefix[]).filter((prefix) => prefix !== kind);
  return dice.pick([
    ...(kind ? [createId(dice.pick(others)), text.toLowerCase(), text.slice(4), `${text}0`, text.slice(0, -1)] : []),
    `${text.slice(0, at)}${dice.pick(NASTY_TEXTS)}${text.slice(at)}`,
    `${text}\n`,
    ` ${text}`,
    dice.pick(NASTY_TEXTS),
    '',
  ]);
}

const bodyMutations: readonly Mutation[] = [
  ({ body }, valid, dice) => {
    const fields = placesOf(body!, valid.body).filter(({ at }) => typeof at.at(-1) === 'string');
    if (fields.length === 0) return undefined;
    const { at } = dice.pick(fields);
    return { what: `without ${spell(at)}`, request: { ...valid, body: withValue(valid.body, at, undefined) } };
  },
  ({ body }, valid, dice) => {
    const objects = placesOf(body!, valid.body).filter(({ value }) => typeOf(value) === 'object');
    if (objects.length === 0) return undefined;
    const { at, value } = dice.pick(objects);
    const name = dice.pick(STRANGE_FIELDS);
    const field = dice.pick(WRONG_VALUES);
    const text = at.length === 0 ? withField(value, name, field) : undefined;
    const inner = Object.fromEntries([...Object.entries(value as object), [`${name}_`, field]]);
    return {
      what: `with an undeclared ${JSON.stringify(name)} in ${spell(at)}`,
      request: { ...valid, body: text ?? withValue(valid.body, at, inner) },
    };
  },
  ({ body }, valid, dice) => {
    const { at } = dice.pick(placesOf(body!, valid.body));
    const value = dice.pick(WRONG_VALUES);
    return {
      what: `with ${spell(at)} = ${JSON.stringify(value)}`,
      request: { ...valid, body: JSON.stringify(withValue(valid.body, at, value)) },
    };
  },
  ({ body }, valid, dice) => {
    const { at, schema, value } = dice.pick(placesOf(body!, valid.body));
    const candidates = beyondBounds(schema, value, dice);
    if (candidates.length === 0) return undefined;
    const wrong = dice.pick(candidates);
    return {
      what: `with ${spell(at)} beyond its bounds`,
      request: { ...valid, body: JSON.stringify(withValue(valid.body, at, wrong)) },
    };
  },
  (_operation, valid, dice) => {
    const text = JSON.stringify(valid.body);
    const cut = dice.int(0, text.length - 1);
    const broken = dice.pick([
      text.slice(0, cut),
      `${text}${dice.pick([',', '}', ']', 'x', '\0', text])}`,
      `\uFEFF${text}`,
      text.replaceAll('"', "'"),
      `${text.slice(0, cut)}\u0001${text.slice(cut)}`,
      `/* x */${text}`,
      text.replace(/:(?=.)/, ':NaN,"y":'),
      text.replace(/:(?=.)/, ':+'),
      text.replace('{', '{,'),
      '{"a":"\\ud8"}',
      '{"a":"\\x41"}',
    ]);
    return { what: 'with broken JSON', request: { ...valid, body: broken } };
  },
  ({ body }, valid, dice) => {
    const fields = placesOf(body!, valid.body).filter(({ at }) => at.length === 1);
    if (fields.length === 0 || typeOf(valid.body) !== 'object') return undefined;
    const { at } = dice.pick(fields);
    const text = withField(valid.body, String(at[0]), dice.pick(WRONG_VALUES));
    return { what: `with ${spell(at)} twice, the second one wrong`, request: { ...valid, body: text } };
  },
  (_operation, valid, dice) => {
    const text = JSON.stringify(valid.body);
    const body = dice.pick([
      JSON.stringify([valid.body]),
      JSON.stringify(text),
      ...['null', 'true', '0', '"x"', '[]', '[[[]]]', '', ' ', '\n', '1e999', '-', 'NaN', 'undefined'],
      `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`,
      '{"a":'.repeat(2_000),
    ]);
    return { what: `with ${body.slice(0, 12)}… for a body`, request: { ...valid, body } };
  },
  (_operation, valid, dice) => {
    const name = dice.pick(['__proto__', 'constructor', 'prototype']);
    const text = withField(valid.body, name, { isAdmin: true, roles: ['admin'], toString: 1 });
    return text === undefined ? undefined : { what: `that reaches for ${name}`, request: { ...valid, body: text } };
  },
  (_operation, valid, dice) => {
    const type = dice.pick([
      ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/xml', 'text/json'],
      ...['application/jsonx', 'application', '*/*', 'json', 'application/octet-stream'],
    ]);
    return { what: `as ${type}`, request: { ...valid, headers: { 'content-type': type } } };
  },
  ({ endpoint }, valid, dice) => {
    const limit = endpoint.bodyLimitBytes ?? DEFAULT_LIMIT_BYTES;
    const text = JSON.stringify(valid.body);
    const over = text.slice(0, -1).padEnd(limit + dice.pick([0, 1, 100, limit]), ' ');
    return { what: 'with an oversized body', request: { ...valid, body: `${over}${text.slice(-1)}` } };
  },
];

function wrongText(schema: JsonSchema, value: string, dice: Dice): string {
  const beyond = beyondBounds(schema, value, dice).map(String);
  const kind = idKindOf(schema);
  return dice.pick([
    ...beyond,
    ...(kind ? [createId(dice.pick((Object.keys(idKinds) as IdPrefix[]).filter((one) => one !== kind)))] : []),
    `${value},${value}`,
    `${value},`,
    spoiled(value, dice),
    dice.pick(NASTY_TEXTS),
    dice.pick(WRONG_VALUES.map(String)),
    'x'.repeat(dice.int(300, 2_000)),
  ]);
}

function textPart(name: 'params' | 'query'): Mutation {
  return (operation, valid, dice) => {
    const properties = operation[name]?.properties ?? {};
    const field = Object.keys(properties).length > 0 ? dice.pick(Object.keys(properties)) : undefined;
    if (field === undefined) return undefined;
    const value = wrongText(properties[field]!, valid[name]?.[field] ?? '1', dice).toWellFormed();
    return {
      what: `with ${field} = ${JSON.stringify(value.slice(0, 60))}`,
      request: { ...valid, [name]: { ...valid[name], [field]: value } },
    };
  };
}

const strangeQuery: Mutation = (_operation, valid, dice) => {
  const name = dice.pick([
    'surprise',
    '__proto__',
    'limit ',
    'Limit',
    'constructor',
    'cursor[]',
    'fields',
    'roles',
    'a.b',
  ]);
  // `__proto__` in an object literal would set its prototype; a gateway's event holds it as a name of its own.
  const query = JSON.parse(JSON.stringify({ ...valid.query }));
  Object.defineProperty(query, name, { value: dice.pick(NASTY_TEXTS).toWellFormed(), enumerable: true });
  return { what: `with an undeclared ?${name}`, request: { ...valid, query } };
};

const missingQuery: Mutation = ({ query }, valid, dice) => {
  if (!query?.required?.length) return undefined;
  const { [dice.pick(query.required)]: _left, ...rest } = valid.query ?? {};
  return { what: 'without a query parameter', request: { ...valid, query: rest } };
};

const strangeBody: Mutation = (_operation, valid, dice) => ({
  what: 'with a body where none belongs',
  request: {
    ...valid,
    body: dice.pick([
      '{"surprise":true}',
      '[]',
      'null',
      '0',
      'x',
      '{',
      '\0',
      `{"a":"${'x'.repeat(dice.int(1, 20_000))}"}`,
    ]),
  },
});

const wrongKey: Mutation = ({ endpoint }, valid, dice) => {
  if (endpoint.idempotency !== 'key') return undefined;
  const { idempotencyKey: _left, ...keyless } = valid;
  const key = dice.pick([
    '',
    'short',
    'a#bcdefghi',
    'a~bcdefghi',
    'x'.repeat(65),
    'with space 1',
    'ключ-ключ',
    'a,b,c,d,e',
  ]);
  return {
    what: `with the Idempotency-Key ${key}`,
    request: key === '' ? keyless : { ...keyless, idempotencyKey: key },
  };
};

/** Kinds of fault that this endpoint can be sent. */
export function mutationsFor({ endpoint, params, query, body }: DocumentedOperation): readonly Mutation[] {
  return [
    ...(body ? bodyMutations : [strangeBody]),
    ...(params ? [textPart('params'), textPart('params')] : []),
    ...(query ? [textPart('query'), textPart('query'), missingQuery] : []),
    strangeQuery,
    ...(endpoint.idempotency === 'key' ? [wrongKey] : []),
  ];
}
