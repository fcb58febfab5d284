import fc from 'fast-check';
import { type JsonSchema, violations } from './json-schema.ts';
import { resolve } from './operations.ts';
import type { Dice } from './random.ts';

/** Gives a value that a real reply has held, for a field of this name; undefined: none is known. */
export type Supply = (name: string, schema: JsonSchema, dice: Dice) => unknown;

const MOST_ENTRIES = 5;
const TRIES = 20;

/** Text that has broken servers before: scripts, directions, joiners, controls, lone surrogates, injections, names of prototypes. */
export const NASTY_TEXTS: readonly string[] = [
  ...['Ж', '漢字', 'عربى', '🜁🜂', 'é', 'e\u0301', '\u202Eabc', 'a\u200Db', '\uFEFF', '\uFFFD', 'ß', 'İ', 'ﬀ', 'Ａ'],
  ...['\ud800', 'a\udfffb', '\u0000', '\u0007', '\u001b[31m', '\r\n', '\t', ' ', '  x  ', '\u2028', '\u00a0'],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'null',
    'undefined',
    'NaN',
    'Infinity',
    '-0',
    '1e309',
    'true',
    '[]',
    '{}',
  ],
  ...[
    "' OR '1'='1",
    '"; DROP TABLE x; --',
    '#{7*7}',
    '{{7*7}}',
    '<script>alert(1)</script>',
    '../../etc/passwd',
    '%00',
    '%s%n',
  ],
  ...['#', '~', 'ACC#x', 'a~b', '$set', '\\', '\\u0000', 'http://169.254.169.254/', 'A'.repeat(200)],
];

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

function plainText(length: number, dice: Dice): string {
  let text = '';
  while (text.length < length) text += dice.chance(0.9) ? dice.pick([...LETTERS]) : dice.pick(NASTY_TEXTS);
  return text.slice(0, length);
}

function freeText(schema: JsonSchema, dice: Dice): string {
  const min = schema.minLength ?? 0;
  const max = schema.maxLength ?? min + 300;
  const length = dice.pick([min, min + 1, max, max - 1, dice.int(min, Math.min(max, min + 40))]);
  const bounded = Math.min(Math.max(length, min), max);
  if (dice.chance(0.4)) {
    const nasty = dice.pick(NASTY_TEXTS);
    return nasty.length >= min && nasty.length <= max ? nasty : plainText(bounded, dice);
  }
  return plainText(bounded, dice);
}

const spelled = new Map<string, readonly string[]>();
const SPELLED_PER_PATTERN = 300;

/** Text of a pattern. Unicode classes are narrowed to some of their letters, which the generator can spell. */
function patternedText(pattern: string, dice: Dice): string {
  let texts = spelled.get(pattern);
  if (!texts) {
    const narrowed = pattern
      .replaceAll('\\p{L}', 'A-Za-zéßжЖ漢')
      .replaceAll('\\p{N}', '0-9٣')
      .replaceAll('\\p{M}', '\u0301');
    // Drawing one by one costs a hundred times as much; the seed is fixed so that a case can be drawn again alone.
    texts = fc.sample(fc.stringMatching(new RegExp(narrowed)), { seed: 1, numRuns: SPELLED_PER_PATTERN });
    spelled.set(pattern, texts);
  }
  return dice.pick(texts);
}

/** Old names among them: clients still send those. */
const TIME_ZONES = [...Intl.supportedValuesOf('timeZone'), 'UTC', 'US/Pacific', 'Asia/Calcutta', 'Etc/GMT+12'];

const FORMATTED: Readonly<Record<string, (dice: Dice) => string>> = {
  email: (dice) => {
    const local = plainText(dice.int(1, 20), dice).replace(/[^A-Za-z0-9]/g, 'x');
    return `${local}${dice.pick(['', '+tag', '.dot', "o'neil"])}@${dice.pick(['players.test', 'EXAMPLE.com', 'a.b.c.example'])}`;
  },
  'date-time': (dice) => new Date(dice.int(0, 4_102_444_800_000)).toISOString(),
  'iana-time-zone': (dice) => dice.pick(TIME_ZONES),
  date: (dice) => new Date(dice.int(0, 4_102_444_800_000)).toISOString().slice(0, 10),
};

function text(schema: JsonSchema, dice: Dice): string {
  const fits = (value: string) => violations(schema, value, resolve).length === 0;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const made = schema.format && FORMATTED[schema.format];
    const value = made ? made(dice) : schema.pattern ? patternedText(schema.pattern, dice) : freeText(schema, dice);
    if (fits(value)) return value;
  }
  const example = schema.examples?.find((one) => typeof one === 'string' && fits(one));
  if (example !== undefined) return example as string;
  throw new Error(`no text is found for ${JSON.stringify(schema)}: give its field an example`);
}

function number(schema: JsonSchema, dice: Dice): number {
  const whole = schema.type === 'integer';
  const step = schema.multipleOf ?? 1;
  const min = schema.minimum ?? (schema.exclusiveMinimum === undefined ? undefined : schema.exclusiveMinimum + step);
  const max = schema.maximum ?? (schema.exclusiveMaximum === undefined ? undefined : schema.exclusiveMaximum - step);
  const low = min ?? Math.min(-1_000, (max ?? 0) - 1_000);
  const high = max ?? Math.max(1_000, low + 1_000);
  const near = Math.min(high, low + 2 ** 32);
  const value = dice.pick([low, high, Math.min(low + step, high), Math.max(high - step, low), dice.int(low, near)]);
  return whole || dice.chance(0.5) ? value : Math.min(high, value + 0.5);
}

function list(schema: JsonSchema, dice: Dice, supply: Supply, name: string): unknown[] {
  if (schema.prefixItems) return schema.prefixItems.map((one) => generate(one, dice, supply, name));
  const min = schema.minItems ?? 0;
  const max = Math.min(schema.maxItems ?? MOST_ENTRIES, Math.max(min, 100));
  const length = dice.pick([min, Math.min(min + 1, max), dice.int(min, Math.min(max, min + MOST_ENTRIES)), max]);
  const of = typeof schema.items === 'object' ? schema.items : {};
  return Array.from({ length }, () => generate(of, dice, supply, name));
}

function record(schema: JsonSchema, dice: Dice, supply: Supply): Record<string, unknown> {
  const { properties = {}, required = [], additionalProperties, propertyNames, minProperties = 0 } = schema;
  const made: Record<string, unknown> = {};
  for (const [name, of] of Object.entries(properties)) {
    if (required.includes(name) || dice.chance(0.5)) made[name] = generate(of, dice, supply, name);
  }
  for (const [name, of] of Object.entries(properties)) {
    if (Object.keys(made).length < minProperties) made[name] ??= generate(of, dice, supply, name);
  }
  if (typeof additionalProperties === 'object' && Object.keys(properties).length === 0) {
    const names = propertyNames?.enum
      ? (propertyNames.enum as string[]).filter((name) => required.includes(name) || dice.chance(0.5))
      : Array.from({ length: dice.int(0, 3) }, () => text({ type: 'string', ...propertyNames }, dice));
    for (const name of names) made[name] = generate(additionalProperties, dice, supply, name);
  }
  return made;
}

/** A value that the schema accepts: at and within its bounds, optional fields in and out, with known values where there are any. */
export function generate(schema: JsonSchema, dice: Dice, supply: Supply, name = ''): unknown {
  if (schema.$ref) return generate(resolve(schema.$ref), dice, supply, name);
  if ('const' in schema) return schema.const;
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return generate(dice.pick(choices), dice, supply, name);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => generate(part, dice, supply, name)));
  const known = schema.type === 'object' || schema.type === 'array' ? undefined : supply(name, schema, dice);
  if (known !== undefined) return known;
  if (schema.enum) return dice.pick(schema.enum);
  if (schema.default !== undefined && dice.chance(0.2)) return schema.default;
  switch (Array.isArray(schema.type) ? dice.pick(schema.type as string[]) : schema.type) {
    case 'object':
      return record(schema, dice, supply);
    case 'array':
      return list(schema, dice, supply, name);
    case 'string':
      if (schema.examples?.length && dice.chance(0.15)) return dice.pick(schema.examples);
      return text(schema, dice);
    case 'integer':
    case 'number':
      return number(schema, dice);
    case 'boolean':
      return dice.chance(0.5);
    case 'null':
      return null;
    default:
      // A schema without a type takes anything.
      return dice.pick<unknown>([null, true, 0, '', [], {}, dice.pick(NASTY_TEXTS)]);
  }
}
