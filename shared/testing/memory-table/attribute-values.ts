import { compareBytes } from './byte-order.ts';
import { nativeNumber } from './decimal.ts';
import { validationError } from './errors.ts';

type Member = string | number | bigint | Uint8Array;

/** A value as the document client gives it: what DynamoDB holds, in JavaScript's own types. Never changed in place. */
export type Value =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly Value[]
  | ReadonlySet<Member>
  | { readonly [name: string]: Value };

export type Item = Readonly<Record<string, Value>>;

/** DynamoDB's names of types. */
export type ValueType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'L' | 'M' | 'SS' | 'NS' | 'BS';

/** Lists and maps within each other, the item itself not counted. */
const MOST_LEVELS = 31;

export function typeOf(value: Value): ValueType {
  switch (typeof value) {
    case 'string':
      return 'S';
    case 'number':
    case 'bigint':
      return 'N';
    case 'boolean':
      return 'BOOL';
    default:
      break;
  }
  if (value === null) return 'NULL';
  if (Array.isArray(value)) return 'L';
  if (value instanceof Uint8Array) return 'B';
  if (!(value instanceof Set)) return 'M';
  const [member] = value;
  if (typeof member === 'string') return 'SS';
  return member instanceof Uint8Array ? 'BS' : 'NS';
}

const isLeftOut = (value: unknown): boolean => value === undefined || typeof value === 'function';

/**
 * Takes a caller's value in as the document client marshals it (undefined removed): a copy that nobody else holds.
 * @throws Error as the marshaller does, for what DynamoDB has no type for; ValidationException beyond its limits.
 */
export function takeIn(value: unknown, level = 0): Value {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return takeNumber(value);
    case 'bigint':
      return nativeNumber(value);
    default:
      return value === null ? null : takeObject(value as object, level + 1);
  }
}

function takeNumber(value: number): number | bigint {
  if (!Number.isFinite(value)) throw new Error(`Special numeric value ${value} is not allowed`);
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    throw new Error(
      value > 0
        ? `Number ${value} is greater than Number.MAX_SAFE_INTEGER. Use NumberValue from @aws-sdk/lib-dynamodb.`
        : `Number ${value} is lesser than Number.MIN_SAFE_INTEGER. Use NumberValue from @aws-sdk/lib-dynamodb.`,
    );
  }
  return nativeNumber(value);
}

function takeObject(value: object, level: number): Value {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
  if (value instanceof ArrayBuffer) return new Uint8Array(value.slice(0));
  if (value instanceof Set) return takeSet(value);
  if (level > MOST_LEVELS) {
    throw validationError(
      'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
    );
  }
  if (Array.isArray(value)) return value.filter((one) => !isLeftOut(one)).map((one) => takeIn(one, level));
  if (value instanceof Map) return takeEntries(value, level);
  const kind = value.constructor as { name?: string } | undefined;
  if (kind && kind.name !== 'Object') {
    throw new Error(
      `Unsupported type passed: ${value}. Pass options.convertClassInstanceToMap=true to marshall typeof object as map attribute.`,
    );
  }
  const entries: [string, unknown][] = [];
  for (const name in value) entries.push([name, (value as Record<string, unknown>)[name]]);
  return takeEntries(entries, level);
}

function takeEntries(entries: Iterable<[unknown, unknown]>, level: number): Item {
  const taken: Record<string, Value> = {};
  for (const [name, value] of entries) {
    // An assignment to `__proto__` makes no property: the marshaller loses it as well.
    if (!isLeftOut(value) && name !== '__proto__') taken[String(name)] = takeIn(value, level);
  }
  return taken;
}

function takeSet(value: ReadonlySet<unknown>): ReadonlySet<Member> {
  const members = [...value].filter((one) => one !== undefined).map((one) => takeIn(one) as Member);
  if (members.length === 0) throw new Error('Pass a non-empty set, or options.convertEmptyValues=true.');
  const types = new Set(members.map((one) => typeOf(one)));
  const [type] = types;
  if (types.size > 1 || (type !== 'S' && type !== 'N' && type !== 'B')) {
    throw new Error('Only Number Set (NS), Binary Set (BS) or String Set (SS) are allowed.');
  }
  return new Set(members);
}

/** An item, a key or the values of expressions: what stands at the top of a request. */
export function takeRecord(record: Readonly<Record<string, unknown>>): Item {
  const taken: Record<string, Value> = {};
  for (const [name, value] of Object.entries(record)) {
    if (!isLeftOut(value) && name !== '__proto__') taken[name] = takeIn(value);
  }
  return taken;
}

/** A copy for a caller, who may do with it as they like. */
export function giveOut<T extends Value>(value: T): T {
  return copyOf(value) as T;
}

function copyOf(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  if (value instanceof Uint8Array) return value.slice();
  if (value instanceof Set) return new Set([...value].map((one) => copyOf(one) as Member));
  const copy: Record<string, Value> = {};
  for (const name in value) copy[name] = copyOf((value as Item)[name]!);
  return copy;
}

/** What tells two members of a set apart. */
export function memberKey(member: Member): string {
  return member instanceof Uint8Array ? Buffer.from(member).toString('hex') : String(member);
}

export function isSame(left: Value, right: Value): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  const type = typeOf(left);
  if (type !== typeOf(right)) return false;
  if (type === 'B') return Buffer.compare(left as Uint8Array, right as Uint8Array) === 0;
  if (type === 'L') {
    const [one, other] = [left as readonly Value[], right as readonly Value[]];
    return one.length === other.length && one.every((value, at) => isSame(value, other[at]!));
  }
  if (type === 'M') return isSameItem(left as Item, right as Item);
  const [one, other] = [left as ReadonlySet<Member>, right as ReadonlySet<Member>];
  if (one.size !== other.size) return false;
  const keys = new Set([...one].map(memberKey));
  return [...other].every((member) => keys.has(memberKey(member)));
}

export function isSameItem(left: Item, right: Item): boolean {
  if (left === right) return true;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && isSame(left[name]!, right[name]!))
  );
}

/** Below, at or above zero; undefined where DynamoDB does not order the two: other types than text, numbers, bytes. */
export function compareValues(left: Value, right: Value): number | undefined {
  const type = typeOf(left);
  if (type !== typeOf(right)) return undefined;
  if (type === 'S') return compareBytes(left as string, right as string);
  if (type === 'B') return Buffer.compare(left as Uint8Array, right as Uint8Array);
  if (type !== 'N') return undefined;
  const [one, other] = [left as number, right as number];
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
