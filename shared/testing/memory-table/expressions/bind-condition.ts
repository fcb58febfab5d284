import {
  compareValues,
  type Item,
  isSame,
  memberKey,
  typeOf,
  type Value,
  type ValueType,
} from '../attribute-values.ts';
import { validationError } from '../errors.ts';
import { type Bindings, refuseSamePath, resolved, valueAt } from './bindings.ts';
import type { Comparator, Condition, ConditionFunction, Operand, Parsed, Path } from './syntax.ts';

/** Whether a condition holds of an item; there may be none. */
export type Holds = (item: Item | undefined) => boolean;

/** An operand whose placeholders are bound. */
interface Bound {
  read(item: Item | undefined): Value | undefined;
  /** Known before any item is read. */
  readonly type: ValueType | undefined;
  readonly constant: Value | undefined;
  readonly path: Path | undefined;
}

const TYPES: readonly string[] = ['N', 'BS', 'L', 'B', 'NULL', 'M', 'S', 'SS', 'NS', 'BOOL'];
const ORDERED: readonly ValueType[] = ['S', 'N', 'B'];
const SIZED: readonly ValueType[] = ['S', 'B', 'SS', 'NS', 'BS', 'L', 'M'];

/**
 * A condition ready to be asked.
 * @throws ValidationException for operands of types that an operator never takes.
 */
export function bindCondition({ field, tree }: Parsed<Condition>, bindings: Bindings): Holds {
  return new ConditionBinder(field, bindings).condition(tree);
}

class ConditionBinder {
  readonly #field: string;
  readonly #bindings: Bindings;

  constructor(field: string, bindings: Bindings) {
    this.#field = field;
    this.#bindings = bindings;
  }

  condition(node: Condition): Holds {
    switch (node.kind) {
      case 'and': {
        const [left, right] = [this.condition(node.left), this.condition(node.right)];
        return (item) => left(item) && right(item);
      }
      case 'or': {
        const [left, right] = [this.condition(node.left), this.condition(node.right)];
        return (item) => left(item) || right(item);
      }
      case 'not': {
        const of = this.condition(node.of);
        return (item) => !of(item);
      }
      case 'compare':
        return this.#comparison(node.by, this.#operand(node.left), this.#operand(node.right));
      case 'between':
        return this.#between(this.#operand(node.of), this.#operand(node.low), this.#operand(node.high));
      case 'in':
        return this.#oneOf(
          this.#operand(node.of),
          node.choices.map((choice) => this.#operand(choice)),
        );
      case 'call':
        return this.#call(
          node.name,
          node.operands.map((operand) => this.#operand(operand)),
        );
    }
  }

  #operand(node: Operand): Bound {
    if (node.kind === 'value') {
      const constant = this.#bindings.values[node.name]!;
      return { read: () => constant, type: typeOf(constant), constant, path: undefined };
    }
    if (node.kind === 'path') {
      const path = resolved(node.path, this.#bindings);
      const [first] = path;
      const read: Bound['read'] =
        path.length === 1
          ? (item) => (item && Object.hasOwn(item, first as string) ? item[first as string] : undefined)
          : (item) => item && valueAt(item, path);
      return { read, type: undefined, constant: undefined, path };
    }
    const of = this.#operand(node.of);
    this.#refuseTypes('size', SIZED, of);
    return { read: (item) => sizeOf(of.read(item)), type: 'N', constant: undefined, path: undefined };
  }

  #refuseTypes(operator: string, allowed: readonly ValueType[], ...operands: readonly Bound[]): void {
    for (const { type } of operands) {
      if (type && !allowed.includes(type)) {
        throw this.#refusal(
          `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`,
        );
      }
    }
  }

  #refuseSamePath(operator: string, { path }: Bound, others: readonly Bound[]): void {
    if (path)
      refuseSamePath(
        this.#field,
        operator,
        path,
        others.map((other) => other.path),
      );
  }

  #refusal(what: string): Error {
    return validationError(`Invalid ${this.#field}: ${what}`);
  }

  #comparison(by: Comparator, left: Bound, right: Bound): Holds {
    this.#refuseSamePath(by, left, [right]);
    if (by === '=' || by === '<>') {
      const equal: Holds = (item) => {
        const [one, other] = [left.read(item), right.read(item)];
        return one !== undefined && other !== undefined && isSame(one, other);
      };
      return by === '=' ? equal : (item) => !equal(item);
    }
    this.#refuseTypes(by, ORDERED, left, right);
    return (item) => {
      const order = orderOf(left.read(item), right.read(item));
      if (order === undefined) return false;
      if (by === '<') return order < 0;
      if (by === '<=') return order <= 0;
      return by === '>' ? order > 0 : order >= 0;
    };
  }

  #between(of: Bound, low: Bound, high: Bound): Holds {
    this.#refuseSamePath('BETWEEN', of, [low, high]);
    this.#refuseTypes('BETWEEN', ORDERED, of, low, high);
    if (low.constant !== undefined && high.constant !== undefined) {
      if (low.type !== high.type) {
        throw this.#refusal('The BETWEEN operator requires same data type for lower and upper bounds;');
      }
      if (compareValues(low.constant, high.constant)! > 0) {
        throw this.#refusal('The BETWEEN operator requires upper bound to be greater than or equal to lower bound;');
      }
    }
    return (item) => {
      const value = of.read(item);
      return (orderOf(value, low.read(item)) ?? -1) >= 0 && (orderOf(value, high.read(item)) ?? 1) <= 0;
    };
  }

  #oneOf(of: Bound, choices: readonly Bound[]): Holds {
    this.#refuseSamePath('IN', of, choices);
    return (item) => {
      const value = of.read(item);
      if (value === undefined) return false;
      return choices.some((choice) => {
        const chosen = choice.read(item);
        return chosen !== undefined && isSame(value, chosen);
      });
    };
  }

  #call(name: ConditionFunction, [first, second]: readonly Bound[]): Holds {
    if (name === 'attribute_exists') return (item) => first!.read(item) !== undefined;
    if (name === 'attribute_not_exists') return (item) => first!.read(item) === undefined;
    this.#refuseSamePath(name, first!, [second!]);
    if (name === 'attribute_type') return this.#hasType(first!, second!);
    if (name === 'begins_with') {
      this.#refuseTypes(name, ['S', 'B'], first!, second!);
      return (item) => beginsWith(first!.read(item), second!.read(item));
    }
    return (item) => contains(first!.read(item), second!.read(item));
  }

  #hasType(of: Bound, wanted: Bound): Holds {
    this.#refuseTypes('attribute_type', ['S'], wanted);
    if (wanted.constant !== undefined && !TYPES.includes(wanted.constant as string)) {
      throw this.#refusal(
        `Invalid attribute type name found; type: ${wanted.constant}, valid types: {${TYPES.join(',')}}`,
      );
    }
    return (item) => {
      const value = of.read(item);
      return value !== undefined && typeOf(value) === wanted.read(item);
    };
  }
}

function orderOf(left: Value | undefined, right: Value | undefined): number | undefined {
  return left === undefined || right === undefined ? undefined : compareValues(left, right);
}

/** Text by its UTF-16 units, bytes by their number, the rest by its entries; numbers and truths have no size. */
function sizeOf(value: Value | undefined): number | undefined {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Uint8Array) return value.byteLength;
  if (value instanceof Set) return value.size;
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

function beginsWith(value: Value | undefined, start: Value | undefined): boolean {
  if (typeof value === 'string') return typeof start === 'string' && value.startsWith(start);
  if (!(value instanceof Uint8Array && start instanceof Uint8Array)) return false;
  return Buffer.compare(value.subarray(0, start.byteLength), start) === 0;
}

function contains(value: Value | undefined, wanted: Value | undefined): boolean {
  if (value === undefined || wanted === undefined) return false;
  if (typeof value === 'string') return typeof wanted === 'string' && value.includes(wanted);
  if (Array.isArray(value)) return value.some((entry) => isSame(entry, wanted));
  if (value instanceof Uint8Array)
    return wanted instanceof Uint8Array && Buffer.from(value).includes(Buffer.from(wanted));
  if (!(value instanceof Set) || typeOf(value) !== `${typeOf(wanted)}S`) return false;
  const key = memberKey(wanted as string);
  return [...value].some((member) => memberKey(member) === key);
}
