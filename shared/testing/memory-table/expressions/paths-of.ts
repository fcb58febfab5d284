import type { Condition, Operand, Path } from './syntax.ts';

function ofOperand(operand: Operand): Path[] {
  if (operand.kind === 'path') return [operand.path];
  return operand.kind === 'size' ? ofOperand(operand.of) : [];
}

/** Every path that a condition reads. */
export function pathsOf(node: Condition): Path[] {
  switch (node.kind) {
    case 'and':
    case 'or':
      return [...pathsOf(node.left), ...pathsOf(node.right)];
    case 'not':
      return pathsOf(node.of);
    case 'compare':
      return [node.left, node.right].flatMap(ofOperand);
    case 'between':
      return [node.of, node.low, node.high].flatMap(ofOperand);
    case 'in':
      return [node.of, ...node.choices].flatMap(ofOperand);
    case 'call':
      return node.operands.flatMap(ofOperand);
  }
}
