/** Values as the document client gives and takes them: what marshalling would make of them, without the bytes. */
export type Value = unknown;
export type Row = Record<string, Value>;

export type TypeName = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'M' | 'L' | 'SS' | 'NS' | 'BS';

/** DynamoDB's type of a value. */
export function typeOf(value: Value): TypeName {
  switch (typeof value) {
    case 'string':
      return 'S';
    case 'number':
    case 'bigint':
      return 'N';
    case 'boolean':
      return 'BOOL';
    default:
  }
  if (value === null) return 'NULL';
  if (Array.isArray(value)) return 'L';
  if (value instanceof Uint8Array) return 'B';
  if (!(value instanceof Set)) return 'M';
  const [first] = value;
  if (typeof first === 'string') return 'SS';
  return first instanceof Uint8Array ? 'BS' : 'NS';
}

/** A copy of its own, as if it had been sent over the wire: undefined is gone, what cannot be sent is refused. */
export function copyOf(value: Value): Value {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} is not a number that can be stored`);
      return value;
    case 'bigint':
      return Number(value);
    case 'object':
      break;
    default:
      throw new TypeError(`a ${typeof value} cannot be stored`);
  }
  if (value === null) return null;
  if (Array.isArray(value)) return value.filter((one) => one !== undefined).map(copyOf);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (value instanceof Set) return new Set([...value].map(copyOf));
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) {
    throw new TypeError(`an instance of ${value.constructor.name} cannot be stored`);
  }
  return copyOfRow(value as Row);
}

export function copyOfRow(row: Row): Row {
  const copy: Row = {};
  for (const name of Object.keys(row)) if (row[name] !== undefined) copy[name] = copyOf(row[name]);
  return copy;
}

/** Order of two strings by their UTF-8 bytes. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (x === y) continue;
    // Surrogates stand for code points above every other unit of UTF-16.
    return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;

/** Order of two values of one orderable type; undefined where DynamoDB knows none. */
export function compare(a: Value, b: Value): number | undefined {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  return undefined;
}

export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (typeOf(a) !== typeOf(b)) return false;
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  if (a instanceof Set && b instanceof Set) {
    return a.size === b.size && [...a].every((one) => hasMember(b, one));
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((one, index) => equal(one, b[index]));
  }
  const [x, y] = [a as Row, b as Row];
  const names = Object.keys(x);
  return names.length === Object.keys(y).length && names.every((name) => name in y && equal(x[name], y[name]));
}

/** Whether a set has a member; binary members are compared by their bytes. */
export function hasMember(set: ReadonlySet<Value>, member: Value): boolean {
  return set.has(member) || (member instanceof Uint8Array && [...set].some((one) => equal(one, member)));
}

/** Bytes of a value by AWS's documented rules. */
export function sizeOf(value: Value): number {
  switch (typeof value) {
    case 'string':
      return Buffer.byteLength(value);
    case 'number':
      return numberSize(value);
    case 'boolean':
      return 1;
    default:
  }
  if (value === null || value === undefined) return 1;
  if (value instanceof Uint8Array) return value.byteLength;
  if (value instanceof Set) return [...value].reduce<number>((bytes, one) => bytes + sizeOf(one), 0);
  if (Array.isArray(value)) return value.reduce<number>((bytes, one) => bytes + sizeOf(one) + 1, 3);
  return Object.entries(value as Row).reduce(
    (bytes, [name, one]) => bytes + Buffer.byteLength(name) + sizeOf(one) + 1,
    3,
  );
}

/** Bytes of an item: its attributes' names and values. */
export function itemSize(row: Row): number {
  let bytes = 0;
  for (const name of Object.keys(row)) bytes += Buffer.byteLength(name) + sizeOf(row[name]);
  return bytes;
}

/** Two significant digits a byte, and one more. */
function numberSize(value: number): number {
  const digits = String(Math.abs(value))
    .replace(/e.*$/, '')
    .replace('.', '')
    .replace(/^0+|0+$/g, '').length;
  return Math.ceil(digits / 2) + 1 + (value < 0 ? 1 : 0);
}
