import { ValidationError } from './errors.ts';
import { at, isMap, operandValue } from './evaluate.ts';
import type { Path, Update } from './expression-parser.ts';
import { copyOf, copyOfRow, hasMember, type Row, typeOf, type Value } from './values.ts';

/**
 * The item after an update expression. All of its operands are read from the item as it was before.
 * @throws ValidationError for paths that lead nowhere, and operands of a wrong type.
 */
export function applyUpdate(before: Row, update: Update): Row {
  const after = copyOfRow(before);
  const settings = update.set.map(({ path, value }) => {
    const result = operandValue(before, value);
    if (result === undefined) {
      throw new ValidationError('The provided expression refers to an attribute that does not exist in the item');
    }
    return { path, value: copyOf(result) };
  });
  for (const { path, value } of settings) put(after, path, value);
  for (const { path, value } of update.add) {
    put(after, path, added(at(before, path), operandValue(before, value)));
  }
  for (const { path, value } of update.delete) {
    const rest = without(at(before, path), operandValue(before, value));
    if (rest === undefined) continue;
    if (rest.size === 0) remove(after, path);
    else put(after, path, rest);
  }
  // From the end of a list to its start, so that the positions still mean what they meant before.
  const byPosition = [...update.remove].sort((a, b) => Number(b.at(-1)) - Number(a.at(-1)) || 0);
  for (const path of byPosition) remove(after, path);
  return after;
}

function added(old: Value, more: Value): Value {
  if (typeof more === 'number') {
    if (old !== undefined && typeof old !== 'number') {
      throw new ValidationError('An operand in the update expression has an incorrect data type');
    }
    return (old ?? 0) + more;
  }
  if (!(more instanceof Set)) throw new ValidationError('Incorrect operand type for operator ADD');
  if (old === undefined) return copyOf(more);
  if (!(old instanceof Set) || typeOf(old) !== typeOf(more)) {
    throw new ValidationError('An operand in the update expression has an incorrect data type');
  }
  const sum = new Set(old);
  for (const one of more) if (!hasMember(sum, one)) sum.add(one);
  return sum;
}

function without(old: Value, less: Value): Set<Value> | undefined {
  if (!(less instanceof Set)) throw new ValidationError('Incorrect operand type for operator DELETE');
  if (old === undefined) return undefined;
  if (!(old instanceof Set) || typeOf(old) !== typeOf(less)) {
    throw new ValidationError('An operand in the update expression has an incorrect data type');
  }
  return new Set([...old].filter((one) => !hasMember(less, one)));
}

/** The container that holds the last step of a path. */
function parentOf(row: Row, path: Path): Row | Value[] {
  const parent = path.length === 1 ? row : at(row, path.slice(0, -1));
  const last = path.at(-1);
  const fits = typeof last === 'number' ? Array.isArray(parent) : isMap(parent);
  if (!fits) {
    throw new ValidationError('The document path provided in the update expression is invalid for update');
  }
  return parent as Row | Value[];
}

function put(row: Row, path: Path, value: Value): void {
  const parent = parentOf(row, path);
  const last = path.at(-1)!;
  if (!Array.isArray(parent)) parent[last] = value;
  else if ((last as number) < parent.length) parent[last as number] = value;
  else parent.push(value);
}

function remove(row: Row, path: Path): void {
  const parent = parentOf(row, path);
  const last = path.at(-1)!;
  if (Array.isArray(parent)) parent.splice(last as number, 1);
  else delete parent[last];
}
