import { ValidationError } from './errors.ts';
import type { Comparator, Condition, Operand, Path } from './expression-parser.ts';
import { compare, copyOfRow, equal, hasMember, type Row, sizeOf, typeOf, type Value } from './values.ts';

/** The value at a document path; undefined where there is none. */
export function at(row: Row, path: Path): Value {
  let value: Value = row;
  for (const step of path) {
    if (typeof step === 'number') {
      value = Array.isArray(value) ? value[step] : undefined;
    } else {
      value = isMap(value) && Object.hasOwn(value, step) ? value[step] : undefined;
    }
    if (value === undefined) return undefined;
  }
  return value;
}

export function isMap(value: Value): value is Row {
  return typeof value === 'object' && value !== null && typeOf(value) === 'M';
}

/** Value of an operand before any change; undefined where its path leads nowhere. */
export function operandValue(row: Row, operand: Operand): Value {
  switch (operand.kind) {
    case 'value':
      return operand.value;
    case 'path':
      return at(row, operand.path);
    case 'size':
      return lengthOf(at(row, operand.path));
    case 'if_not_exists':
      return at(row, operand.path) ?? operandValue(row, operand.otherwise);
    case 'list_append': {
      const [first, second] = [operandValue(row, operand.first), operandValue(row, operand.second)];
      if (!Array.isArray(first) || !Array.isArray(second)) {
        throw new ValidationError('Incorrect operand type for list_append');
      }
      return [...first, ...second];
    }
    case 'sum': {
      const [left, right] = [operandValue(row, operand.left), operandValue(row, operand.right)];
      if (left === undefined || right === undefined) {
        throw new ValidationError('The provided expression refers to an attribute that does not exist in the item');
      }
      if (typeof left !== 'number' || typeof right !== 'number') {
        throw new ValidationError('An operand in the update expression has an incorrect data type');
      }
      return left + operand.sign * right;
    }
    default:
      throw new ValidationError('Invalid operand');
  }
}

/** Whether a condition holds of an item; of none it is asked with an empty row. */
export function holds(row: Row, condition: Condition): boolean {
  switch (condition.kind) {
    case 'and':
      return holds(row, condition.left) && holds(row, condition.right);
    case 'or':
      return holds(row, condition.left) || holds(row, condition.right);
    case 'not':
      return !holds(row, condition.of);
    case 'exists':
      return (at(row, condition.path) !== undefined) === condition.expected;
    case 'compare':
      return compares(operandValue(row, condition.left), condition.comparator, operandValue(row, condition.right));
    case 'between': {
      const of = operandValue(row, condition.of);
      return (
        compares(of, '>=', operandValue(row, condition.low)) && compares(of, '<=', operandValue(row, condition.high))
      );
    }
    case 'in': {
      const of = operandValue(row, condition.of);
      return of !== undefined && condition.list.some((one) => equal(of, operandValue(row, one)));
    }
    case 'begins_with': {
      const [of, what] = [operandValue(row, condition.of), operandValue(row, condition.what)];
      return typeof of === 'string' && typeof what === 'string' && of.startsWith(what);
    }
    case 'contains':
      return containsValue(operandValue(row, condition.of), operandValue(row, condition.what));
    case 'attribute_type': {
      const value = at(row, condition.path);
      return value !== undefined && typeOf(value) === operandValue(row, condition.type);
    }
    default:
      throw new ValidationError('Invalid condition');
  }
}

function compares(left: Value, comparator: Comparator, right: Value): boolean {
  if (comparator === '<>') return left === undefined || right === undefined || !equal(left, right);
  if (left === undefined || right === undefined) return false;
  if (comparator === '=') return equal(left, right);
  const order = compare(left, right);
  if (order === undefined) return false;
  switch (comparator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

function containsValue(of: Value, what: Value): boolean {
  if (typeof of === 'string') return typeof what === 'string' && of.includes(what);
  if (of instanceof Set) return hasMember(of, what);
  return Array.isArray(of) && of.some((one) => equal(one, what));
}

/** `size()` of a value: characters, bytes, or members; undefined of what has none. */
function lengthOf(value: Value): number | undefined {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.byteLength;
  if (value instanceof Set) return value.size;
  if (Array.isArray(value)) return value.length;
  return isMap(value) ? Object.keys(value).length : undefined;
}

/** Keys and ranges of a query are conditions of a narrower form; the partition is named by equality. */
export function partitionValueOf(condition: Condition, attribute: string): string {
  const found = equalityOf(condition, attribute);
  if (typeof found !== 'string') throw new ValidationError(`Query condition missed key schema element: ${attribute}`);
  if (sizeOf(found) === 0) throw new ValidationError(`One or more parameter values are empty: ${attribute}`);
  return found;
}

function equalityOf(condition: Condition, attribute: string): Value {
  if (condition.kind === 'and') {
    return equalityOf(condition.left, attribute) ?? equalityOf(condition.right, attribute);
  }
  if (condition.kind !== 'compare' || condition.comparator !== '=') return undefined;
  const { left, right } = condition;
  return left.kind === 'path' && left.path.length === 1 && left.path[0] === attribute && right.kind === 'value'
    ? right.value
    : undefined;
}

/** The attributes that a projection names, as far as they are there. */
export function project(row: Row, paths: readonly Path[]): Row {
  const picked = paths.flatMap((path) => {
    if (path.length !== 1) throw new ValidationError('the memory table projects top-level attributes only');
    const value = at(row, path);
    return value === undefined ? [] : [[String(path[0]), value] as const];
  });
  return copyOfRow(Object.fromEntries(picked));
}
