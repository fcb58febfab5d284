import type { Assigned, Path, Update } from './syntax.ts';
import type { TokenReader } from './token-reader.ts';

type Section = 'SET' | 'REMOVE' | 'ADD' | 'DELETE';

/** `UpdateExpression`: each of its four sections at most once, in any order. */
export function parseUpdate(reader: TokenReader): Update {
  const update = {
    set: [] as Update['set'][number][],
    remove: [] as Path[],
    add: [] as Update['add'][number][],
    delete: [] as Update['delete'][number][],
  };
  const seen = new Set<Section>();
  do {
    const section = sectionOf(reader);
    if (seen.has(section)) {
      throw reader.refusal(`The "${section}" section can only be used once in an update expression;`);
    }
    seen.add(section);
    if (section === 'SET') update.set = listOf(reader, assignment);
    else if (section === 'REMOVE') update.remove = listOf(reader, () => reader.path());
    else update[section === 'ADD' ? 'add' : 'delete'] = listOf(reader, pathAndValue);
  } while (!reader.isAtEnd);
  return update;
}

function sectionOf(reader: TokenReader): Section {
  const section = (['SET', 'REMOVE', 'ADD', 'DELETE'] as const).find((one) => reader.takeIf(one));
  if (!section) throw reader.syntaxError();
  return section;
}

function listOf<T>(reader: TokenReader, one: (reader: TokenReader) => T): T[] {
  const found = [one(reader)];
  while (reader.takeIf(',')) found.push(one(reader));
  return found;
}

function pathAndValue(reader: TokenReader): { path: Path; value: string } {
  return { path: reader.path(), value: reader.value() };
}

function assignment(reader: TokenReader): { path: Path; to: Assigned } {
  const path = reader.path();
  reader.expect('=');
  return { path, to: sum(reader) };
}

function sum(reader: TokenReader): Assigned {
  const left = operand(reader);
  const by = reader.peek();
  if (by !== '+' && by !== '-') return left;
  reader.take();
  return { kind: 'sum', by, left, right: operand(reader) };
}

function operand(reader: TokenReader): Assigned {
  if (reader.takeIf('(')) {
    const inner = sum(reader);
    reader.expect(')');
    return inner;
  }
  if (reader.peek().startsWith(':')) return { kind: 'value', name: reader.value() };
  return reader.isAtCall ? call(reader) : { kind: 'path', path: reader.path() };
}

function call(reader: TokenReader): Assigned {
  const name = reader.take();
  if (name !== 'if_not_exists' && name !== 'list_append') {
    throw reader.refusal(`The function is not allowed in an update expression; function: ${name}`);
  }
  reader.expect('(');
  const operands = listOf(reader, operand);
  reader.expect(')');
  const [left, right, ...more] = operands;
  if (!left || !right || more.length > 0) {
    throw reader.refusal(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands.length}`,
    );
  }
  if (name === 'list_append') return { kind: 'list_append', left, right };
  if (left.kind !== 'path') {
    throw reader.refusal(`Operator or function requires a document path; operator or function: ${name}`);
  }
  return { kind: 'if_not_exists', path: left.path, otherwise: right };
}
