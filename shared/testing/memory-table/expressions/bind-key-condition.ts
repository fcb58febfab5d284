import { compareBytes } from '../byte-order.ts';
import { validationError } from '../errors.ts';
import type { KeyNames } from '../row-store.ts';
import { type Bindings, nameOf } from './bindings.ts';
import type { Comparator, Condition, Operand, Parsed } from './syntax.ts';

/** The part of a partition that a query reads. */
export interface KeyRange {
  readonly partition: string;
  /** Whether a sort key stands before the range; and whether beyond it. */
  isBefore(sort: string): boolean;
  isBeyond(sort: string): boolean;
}

type SortTest = Pick<KeyRange, 'isBefore' | 'isBeyond'>;

const MIRRORED: Readonly<Record<Comparator, Comparator>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

const everything: SortTest = { isBefore: () => false, isBeyond: () => false };

/** One condition on one key attribute. */
interface KeyTest {
  readonly name: string;
  readonly by: Comparator | 'BETWEEN' | 'begins_with';
  readonly values: readonly string[];
}

/**
 * Reads a `KeyConditionExpression`: one equality on the partition key, and at most one condition on the sort key.
 * @throws ValidationException for anything else.
 */
export function bindKeyCondition({ tree }: Parsed<Condition>, keys: KeyNames, bindings: Bindings): KeyRange {
  const tests = conjuncts(tree).map((node) => keyTest(node, bindings));
  const names = tests.map(({ name }) => name);
  if (new Set(names).size < names.length) {
    throw validationError('KeyConditionExpressions must only contain one condition per key');
  }
  const ofPartition = tests.find(({ name }) => name === keys.partitionKey);
  const ofSort = tests.find(({ name }) => name === keys.sortKey);
  if (!ofPartition || tests.length > (ofSort ? 2 : 1)) {
    throw validationError('Query condition missed key schema element');
  }
  if (ofPartition.by !== '=') throw validationError('Query key condition not supported');
  return { partition: ofPartition.values[0]!, ...(ofSort ? sortTest(ofSort) : everything) };
}

function conjuncts(node: Condition): Condition[] {
  if (node.kind === 'and') return [...conjuncts(node.left), ...conjuncts(node.right)];
  if (node.kind === 'or' || node.kind === 'not' || node.kind === 'in') {
    throw validationError(`Invalid operator used in KeyConditionExpression: ${node.kind.toUpperCase()}`);
  }
  return [node];
}

function keyTest(node: Condition, bindings: Bindings): KeyTest {
  if (node.kind === 'compare') {
    if (node.by === '<>') throw validationError('Invalid operator used in KeyConditionExpression: <>');
    const isMirrored = node.left.kind === 'value';
    const [path, value] = isMirrored ? [node.right, node.left] : [node.left, node.right];
    const by = isMirrored ? MIRRORED[node.by] : node.by;
    return keyTestOf(by, path, [value], bindings);
  }
  if (node.kind === 'between') return keyTestOf('BETWEEN', node.of, [node.low, node.high], bindings);
  if (node.kind === 'call' && node.name === 'begins_with') {
    return keyTestOf('begins_with', node.operands[0]!, node.operands.slice(1), bindings);
  }
  throw validationError('Invalid operator used in KeyConditionExpression');
}

function keyTestOf(by: KeyTest['by'], path: Operand, operands: readonly Operand[], bindings: Bindings): KeyTest {
  if (path.kind !== 'path' || path.path.length > 1) {
    throw validationError('Invalid condition in KeyConditionExpression: a key attribute must stand by itself');
  }
  const name = nameOf(path.path[0] as string, bindings);
  return { name, by, values: operands.map((operand) => keyValue(name, operand, bindings)) };
}

function keyValue(name: string, operand: Operand, { values }: Bindings): string {
  if (operand.kind !== 'value') {
    throw validationError('Invalid condition in KeyConditionExpression: a key is compared with a value');
  }
  const value = values[operand.name];
  if (typeof value !== 'string') {
    throw validationError(
      'One or more parameter values were invalid: Condition parameter type does not match schema type',
    );
  }
  if (value === '') {
    throw validationError(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`,
    );
  }
  return value;
}

function sortTest({ by, values: [first, second] }: KeyTest): SortTest {
  const low = first!;
  const to = (sort: string) => compareBytes(sort, low);
  switch (by) {
    case '=':
      return { isBefore: (sort) => to(sort) < 0, isBeyond: (sort) => to(sort) > 0 };
    case '<':
      return { isBefore: () => false, isBeyond: (sort) => to(sort) >= 0 };
    case '<=':
      return { isBefore: () => false, isBeyond: (sort) => to(sort) > 0 };
    case '>':
      return { isBefore: (sort) => to(sort) <= 0, isBeyond: () => false };
    case '>=':
      return { isBefore: (sort) => to(sort) < 0, isBeyond: () => false };
    case 'begins_with':
      return {
        isBefore: (sort) => !sort.startsWith(low) && to(sort) < 0,
        isBeyond: (sort) => !sort.startsWith(low) && to(sort) > 0,
      };
    default:
      return between(low, second!);
  }
}

function between(low: string, high: string): SortTest {
  if (compareBytes(low, high) > 0) {
    throw validationError(
      'Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal to lower bound;',
    );
  }
  return { isBefore: (sort) => compareBytes(sort, low) < 0, isBeyond: (sort) => compareBytes(sort, high) > 0 };
}
