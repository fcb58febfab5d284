import { type Item, takeRecord, type Value } from '../attribute-values.ts';
import { validationError } from '../errors.ts';
import type { Parsed, Path } from './syntax.ts';

/** What the placeholders of a request stand for. */
export interface Bindings {
  readonly names: Readonly<Record<string, string>>;
  readonly values: Item;
}

/** The part of a request that binds placeholders. */
export interface Placeholders {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>> | undefined;
}

function isEmpty(record: object): boolean {
  for (const _name in record) return false;
  return true;
}

/**
 * Binds a request's placeholders to its expressions.
 * @throws ValidationException when one is undefined, or bound and never used.
 */
export function bind(
  { ExpressionAttributeNames, ExpressionAttributeValues }: Placeholders,
  expressions: readonly (Parsed<unknown> | undefined)[],
): Bindings {
  const names = ExpressionAttributeNames ?? {};
  const values = ExpressionAttributeValues ? takeRecord(ExpressionAttributeValues) : {};
  const given = expressions.filter((one) => one !== undefined);
  refuseStray('ExpressionAttributeNames', ExpressionAttributeNames, names, given);
  refuseStray('ExpressionAttributeValues', ExpressionAttributeValues, values, given);
  for (const { field, names: usedNames, values: usedValues } of given) {
    for (const name of usedNames) {
      if (!Object.hasOwn(names, name)) {
        throw validationError(
          `Invalid ${field}: An expression attribute name used in the document path is not defined; attribute name: ${name}`,
        );
      }
    }
    for (const value of usedValues) {
      if (!Object.hasOwn(values, value)) {
        throw validationError(
          `Invalid ${field}: An expression attribute value used in expression is not defined; attribute value: ${value}`,
        );
      }
    }
  }
  return { names, values };
}

function refuseStray(
  field: 'ExpressionAttributeNames' | 'ExpressionAttributeValues',
  asked: object | undefined,
  bound: object,
  given: readonly Parsed<unknown>[],
): void {
  if (asked === undefined) return;
  if (given.length === 0) throw validationError(`${field} can only be specified when using expressions`);
  if (isEmpty(bound)) throw validationError(`${field} must not be empty`);
  const part = field === 'ExpressionAttributeNames' ? 'names' : 'values';
  const unused = Object.keys(bound).filter((name) => !given.some((one) => one[part].has(name)));
  if (unused.length > 0) {
    throw validationError(`Value provided in ${field} unused in expressions: keys: {${unused.join(', ')}}`);
  }
}

/** The name that a step of a path means. */
export function nameOf(step: string, { names }: Bindings): string {
  return step.startsWith('#') ? names[step]! : step;
}

/** A path with its placeholders replaced. */
export function resolved(path: Path, bindings: Bindings): Path {
  return path.map((step) => (typeof step === 'string' ? nameOf(step, bindings) : step));
}

/** What stands in the item at a path without placeholders; undefined: nothing. */
export function valueAt(item: Item, path: Path): Value | undefined {
  let at: Value | undefined = item;
  for (const step of path) at = childOf(at, step);
  return at;
}

/** What a container holds under a step; undefined where it is another container or none. */
export function childOf(value: Value | undefined, step: string | number): Value | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (typeof step === 'number') return Array.isArray(value) ? value[step] : undefined;
  if (Array.isArray(value) || value instanceof Set || value instanceof Uint8Array) return undefined;
  return Object.hasOwn(value, step) ? (value as Item)[step] : undefined;
}

/** How the service spells a path in its errors. */
function spell(path: Path): string {
  return `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`;
}

/**
 * Two paths of one expression may neither hold each other nor read the same place as a list and as a map.
 * @throws ValidationException
 */
export function refuseOverlap(field: string, paths: readonly Path[]): void {
  for (const [index, one] of paths.entries()) {
    for (const other of paths.slice(index + 1)) {
      const shared = Math.min(one.length, other.length);
      let at = 0;
      while (at < shared && one[at] === other[at]) at += 1;
      const fault = at === shared ? 'overlap' : typeof one[at] === typeof other[at] ? undefined : 'conflict';
      if (fault) {
        throw validationError(
          `Invalid ${field}: Two document paths ${fault} with each other; must remove or rewrite one of these paths; path one: ${spell(one)}, path two: ${spell(other)}`,
        );
      }
    }
  }
}

/**
 * An operator may not be given the same path twice.
 * @throws ValidationException
 */
export function refuseSamePath(
  field: string,
  operator: string,
  first: Path,
  others: readonly (Path | undefined)[],
): void {
  const spelled = spell(first);
  if (others.some((other) => other && spell(other) === spelled)) {
    throw validationError(
      `Invalid ${field}: The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: ${spelled}`,
    );
  }
}
