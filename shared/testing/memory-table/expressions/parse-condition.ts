import type { Comparator, Condition, ConditionFunction, Operand } from './syntax.ts';
import type { TokenReader } from './token-reader.ts';

const COMPARATORS: readonly string[] = ['=', '<>', '<', '<=', '>', '>='];

const OPERANDS_OF: Readonly<Record<ConditionFunction | 'size', number>> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
  size: 1,
};

type Node = Operand | Condition;

const isOperand = (node: Node): node is Operand =>
  node.kind === 'path' || node.kind === 'value' || node.kind === 'size';

/** `ConditionExpression`, `FilterExpression` and `KeyConditionExpression`. */
export function parseCondition(reader: TokenReader): Condition {
  const node = either(reader);
  if (isOperand(node)) throw reader.syntaxError();
  reader.end();
  return node;
}

function conditionOnly(reader: TokenReader, node: Node): Condition {
  if (isOperand(node)) throw reader.syntaxError();
  return node;
}

function either(reader: TokenReader): Node {
  let left = both(reader);
  while (reader.takeIf('OR')) {
    left = { kind: 'or', left: conditionOnly(reader, left), right: conditionOnly(reader, both(reader)) };
  }
  return left;
}

function both(reader: TokenReader): Node {
  let left = negation(reader);
  while (reader.takeIf('AND')) {
    left = { kind: 'and', left: conditionOnly(reader, left), right: conditionOnly(reader, negation(reader)) };
  }
  return left;
}

function negation(reader: TokenReader): Node {
  if (!reader.takeIf('NOT')) return comparison(reader);
  return { kind: 'not', of: conditionOnly(reader, negation(reader)) };
}

function comparison(reader: TokenReader): Node {
  const left = term(reader);
  const next = reader.peek();
  const compares = COMPARATORS.includes(next) || /^(?:between|in)$/i.test(next);
  if (!compares) return left;
  const of = operandOnly(reader, left);
  if (reader.takeIf('BETWEEN')) {
    const low = operand(reader);
    reader.expect('AND');
    return { kind: 'between', of, low, high: operand(reader) };
  }
  if (reader.takeIf('IN')) return { kind: 'in', of, choices: listOf(reader) };
  return { kind: 'compare', by: reader.take() as Comparator, left: of, right: operand(reader) };
}

function operandOnly(reader: TokenReader, node: Node): Operand {
  if (isOperand(node)) return node;
  if (node.kind !== 'call') throw reader.syntaxError();
  throw reader.refusal(`The function is not allowed to be used this way in an expression; function: ${node.name}`);
}

const operand = (reader: TokenReader): Operand => operandOnly(reader, term(reader));

function listOf(reader: TokenReader): Operand[] {
  reader.expect('(');
  const operands = [operand(reader)];
  while (reader.takeIf(',')) operands.push(operand(reader));
  reader.expect(')');
  return operands;
}

function term(reader: TokenReader): Node {
  if (reader.peek() === '(') return inParentheses(reader);
  if (reader.isAtCall) return call(reader);
  if (reader.peek().startsWith(':')) return { kind: 'value', name: reader.value() };
  return { kind: 'path', path: reader.path() };
}

/** Nodes that stand in parentheses: another pair around one of them alone is refused. */
const enclosed = new WeakSet<Node>();

function inParentheses(reader: TokenReader): Node {
  reader.expect('(');
  const node = either(reader);
  reader.expect(')');
  if (enclosed.has(node)) throw reader.refusal('The expression has redundant parentheses;');
  enclosed.add(node);
  return node;
}

function call(reader: TokenReader): Node {
  const name = reader.take();
  if (!Object.hasOwn(OPERANDS_OF, name)) throw reader.refusal(`Invalid function name; function: ${name}`);
  const known = name as keyof typeof OPERANDS_OF;
  const operands = listOf(reader);
  if (operands.length !== OPERANDS_OF[known]) {
    throw reader.refusal(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands.length}`,
    );
  }
  if (known === 'size') return { kind: 'size', of: operands[0]! };
  if (known.startsWith('attribute_') && operands[0]!.kind !== 'path') {
    throw reader.refusal(`Operator or function requires a document path; operator or function: ${name}`);
  }
  return { kind: 'call', name: known, operands };
}
