import { type Item, memberKey, typeOf, type Value } from '../attribute-values.ts';
import { sumOf } from '../decimal.ts';
import { validationError } from '../errors.ts';
import { type Bindings, childOf, refuseOverlap, refuseSamePath, resolved, valueAt } from './bindings.ts';
import type { Assigned, Parsed, Path, Update } from './syntax.ts';

type Members = ReadonlySet<string>;

/** An update expression whose placeholders are bound. */
export interface BoundUpdate {
  /** Every path that it writes. */
  readonly paths: readonly Path[];
  /**
   * The item as it is to be; the old one stays as it is. Every part of the expression sees the item as it was before.
   * @throws ValidationException for what the item does not allow.
   */
  apply(item: Item): Item;
}

/** @throws ValidationException for operands of types that an operator never takes, and for paths that hold each other. */
export function bindUpdate({ field, tree }: Parsed<Update>, bindings: Bindings): BoundUpdate {
  const refuse: Refuse = (operator, value) => {
    throw validationError(
      `Invalid ${field}: Incorrect operand type for operator or function; ${operator}, operand type: ${typeOf(value)}`,
    );
  };
  const of = (path: Path) => resolved(path, bindings);
  const constant = (name: string): Value => bindings.values[name]!;
  const set = tree.set.map(({ path, to }) => ({ path: of(path), to: bindAssigned(to, field, bindings, refuse) }));
  const remove = tree.remove.map(of);
  const add = tree.add.map(({ path, value }) => ({ path: of(path), value: constant(value) }));
  const less = tree.delete.map(({ path, value }) => ({ path: of(path), value: constant(value) }));
  for (const { value } of add) {
    if (!['N', 'SS', 'NS', 'BS'].includes(typeOf(value))) refuse('operator: ADD', value);
  }
  for (const { value } of less) {
    if (!['SS', 'NS', 'BS'].includes(typeOf(value))) refuse('operator: DELETE', value);
  }
  const paths = [
    ...set.map(({ path }) => path),
    ...remove,
    ...add.map(({ path }) => path),
    ...less.map(({ path }) => path),
  ];
  refuseOverlap(field, paths);
  return {
    paths,
    apply(item) {
      const writes = [
        ...set.map(({ path, to }) => ({ path, value: to(item) as Value | undefined })),
        ...add.map(({ path, value }) => ({ path, value: added(valueAt(item, path), value) })),
        ...less.map(({ path, value }) => ({ path, value: without(valueAt(item, path), value) })),
      ];
      const removals = [...remove, ...writes.filter(({ value }) => value === undefined).map(({ path }) => path)];
      // What is appended to a list stands in the order of its indexes.
      const written = writes
        .sort((one, other) => lastIndexOf(one.path) - lastIndexOf(other.path))
        .reduce((next, { path, value }) => (value === undefined ? next : withValue(next, path, value)), item);
      return removals.sort(innermostAndLastFirst).reduce(withoutPath, written);
    },
  };
}

const wrongType = () => validationError('An operand in the update expression has an incorrect data type');

type Refuse = (operator: string, value: Value) => never;

function bindAssigned(node: Assigned, field: string, bindings: Bindings, refuse: Refuse): (item: Item) => Value {
  if (node.kind === 'value') {
    const constant = bindings.values[node.name]!;
    return () => constant;
  }
  if (node.kind === 'path') {
    const path = resolved(node.path, bindings);
    return (item) => {
      const value = valueAt(item, path);
      if (value === undefined) {
        throw validationError('The provided expression refers to an attribute that does not exist in the item');
      }
      return value;
    };
  }
  if (node.kind === 'if_not_exists') {
    const path = resolved(node.path, bindings);
    if (node.otherwise.kind === 'path') {
      refuseSamePath(field, 'if_not_exists', path, [resolved(node.otherwise.path, bindings)]);
    }
    const otherwise = bindAssigned(node.otherwise, field, bindings, refuse);
    return (item) => {
      // Also what is not taken has to be there.
      const [value, other] = [valueAt(item, path), otherwise(item)];
      return value === undefined ? other : value;
    };
  }
  const operator = node.kind === 'sum' ? node.by : 'list_append';
  const type = node.kind === 'sum' ? 'N' : 'L';
  for (const side of [node.left, node.right]) {
    const value = side.kind === 'value' ? bindings.values[side.name]! : undefined;
    if (value !== undefined && typeOf(value) !== type) refuse(`operator or function: ${operator}`, value);
  }
  const [left, right] = [
    bindAssigned(node.left, field, bindings, refuse),
    bindAssigned(node.right, field, bindings, refuse),
  ];
  return (item) => {
    const [one, other] = [left(item), right(item)];
    if (typeOf(one) !== type || typeOf(other) !== type) throw wrongType();
    if (type === 'L') return [...(one as Value[]), ...(other as Value[])];
    return sumOf(one as number, node.kind === 'sum' && node.by === '-' ? -(other as number) : (other as number));
  };
}

/** ADD: a number more, or members more. */
function added(before: Value | undefined, more: Value): Value {
  if (before === undefined) return more;
  if (typeOf(before) !== typeOf(more)) throw wrongType();
  if (typeOf(more) === 'N') return sumOf(before as number, more as number);
  const members = new Map([...(before as Members), ...(more as Members)].map((one) => [memberKey(one), one]));
  return new Set(members.values());
}

/** DELETE: members less; undefined where none is left, for a set is never empty. */
function without(before: Value | undefined, less: Value): Value | undefined {
  if (before === undefined) return undefined;
  if (typeOf(before) !== typeOf(less)) throw wrongType();
  const gone = new Set([...(less as Members)].map(memberKey));
  const left = [...(before as Members)].filter((one) => !gone.has(memberKey(one)));
  return left.length === 0 ? undefined : new Set(left);
}

const invalidPath = () => validationError('The document path provided in the update expression is invalid for update');

/** A shallow copy of a container that has such a step. */
function copyWithStep(container: Value, step: string | number): Value[] | Record<string, Value> {
  if (typeof step === 'number') {
    if (typeOf(container) !== 'L') throw invalidPath();
    return [...(container as readonly Value[])];
  }
  if (typeOf(container) !== 'M') throw invalidPath();
  return { ...(container as Item) };
}

/** The item with another value at the path. Beyond the end of a list it is appended. */
function withValue(item: Item, path: Path, value: Value): Item {
  return replaced(item, path, value) as Item;
}

function replaced(container: Value, [step, ...rest]: Path, value: Value): Value {
  const copy = copyWithStep(container, step!);
  const inner = rest.length === 0 ? value : replaced(existing(container, step!), rest, value);
  if (!Array.isArray(copy)) copy[step as string] = inner;
  else if ((step as number) < copy.length) copy[step as number] = inner;
  else copy.push(inner);
  return copy;
}

function existing(container: Value, step: string | number): Value {
  const child = childOf(container, step);
  if (child === undefined) throw invalidPath();
  return child;
}

/** The item without what stands at the path. */
function withoutPath(item: Item, path: Path): Item {
  return cut(item, path) as Item;
}

function cut(container: Value, [step, ...rest]: Path): Value {
  const copy = copyWithStep(container, step!);
  if (rest.length > 0) {
    (copy as Record<string, Value>)[step as string] = cut(existing(container, step!), rest);
  } else if (Array.isArray(copy)) copy.splice(step as number, 1);
  else delete copy[step as string];
  return copy;
}

function lastIndexOf(path: Path): number {
  const last = path.at(-1);
  return typeof last === 'number' ? last : -1;
}

/** Removals from a list must not move what is still to be removed. */
function innermostAndLastFirst(left: Path, right: Path): number {
  return right.length - left.length || lastIndexOf(right) - lastIndexOf(left);
}
