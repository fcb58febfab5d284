import { BlockList, isIPv4, isIPv6 } from 'node:net';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Tests one value of an event; `undefined` stands for a field that is not there. */
export type ValueTest = (value: Json | undefined) => boolean;

type Operand = unknown;

/** Compiles one element of a pattern's array: a literal, or an object with one operator. */
export function compileValueTest(choice: unknown, path: string): ValueTest {
  if (choice === null || typeof choice === 'string' || typeof choice === 'number' || typeof choice === 'boolean') {
    return (value) => value === choice;
  }
  if (typeof choice !== 'object' || Array.isArray(choice)) throw new Error(`Event pattern: ${path} nests an array`);
  const [entry, ...more] = Object.entries(choice);
  if (!entry || more.length > 0) throw new Error(`Event pattern: ${path} needs exactly one operator per object`);
  const [name, operand] = entry;
  const compile = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (!compile) throw new Error(`Event pattern: ${path} uses the unknown operator "${name}"`);
  return compile(operand, `${path}.${name}`);
}

const operators: Readonly<Record<string, (operand: Operand, path: string) => ValueTest>> = {
  prefix: (operand, path) => affix(operand, path, (text, part) => text.startsWith(part)),
  suffix: (operand, path) => affix(operand, path, (text, part) => text.endsWith(part)),
  'equals-ignore-case': (operand, path) => {
    const wanted = text(operand, path).toLowerCase();
    return onText((value) => value.toLowerCase() === wanted);
  },
  wildcard: (operand, path) => {
    const expression = wildcardExpression(text(operand, path), path);
    return onText((value) => expression.test(value));
  },
  exists: (operand, path) => {
    if (typeof operand !== 'boolean') throw new Error(`Event pattern: ${path} must be true or false`);
    // Only leaves exist: an object is the way to further fields, never a value.
    return (value) => operand === (value !== undefined && (typeof value !== 'object' || value === null));
  },
  numeric: compileNumeric,
  cidr: (operand, path) => {
    const [address, bits] = text(operand, path).split('/');
    const list = new BlockList();
    list.addSubnet(address!, Number(bits), isIPv6(address!) ? 'ipv6' : 'ipv4');
    return onText((value) => (isIPv4(value) ? list.check(value, 'ipv4') : isIPv6(value) && list.check(value, 'ipv6')));
  },
  'anything-but': compileAnythingBut,
};

/** Operators that `anything-but` may negate; each takes one operand or a list of them. */
const negatable = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'];

function compileAnythingBut(operand: Operand, path: string): ValueTest {
  let refused: ValueTest[];
  if (typeof operand === 'object' && operand !== null && !Array.isArray(operand)) {
    refused = Object.entries(operand).flatMap(([name, inner]) => {
      if (!negatable.includes(name)) throw new Error(`Event pattern: ${path} cannot negate "${name}"`);
      return asList(inner).map((each) => operators[name]!(each, `${path}.${name}`));
    });
  } else {
    refused = asList(operand).map((each) => {
      if (typeof each === 'object') throw new Error(`Event pattern: ${path} takes strings and numbers`);
      return (value) => value === each;
    });
  }
  if (refused.length === 0) throw new Error(`Event pattern: ${path} is empty`);
  return (value) =>
    value !== undefined && (typeof value !== 'object' || value === null) && !refused.some((test) => test(value));
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function compileNumeric(operand: Operand, path: string): ValueTest {
  if (!Array.isArray(operand) || ![2, 4].includes(operand.length)) {
    throw new Error(`Event pattern: ${path} must be [operator, number] once or twice`);
  }
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    const compare = comparisons[operand[index]];
    const bound = operand[index + 1];
    if (!compare || typeof bound !== 'number') throw new Error(`Event pattern: ${path} has a bad comparison`);
    tests.push((value) => compare(value, bound));
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

function affix(operand: Operand, path: string, test: (text: string, part: string) => boolean): ValueTest {
  if (typeof operand === 'object' && operand !== null && 'equals-ignore-case' in operand) {
    const part = text(operand['equals-ignore-case'], path).toLowerCase();
    return onText((value) => test(value.toLowerCase(), part));
  }
  const part = text(operand, path);
  return onText((value) => test(value, part));
}

/** `*` stands for any run of characters; `\*` and `\\` stand for themselves. */
function wildcardExpression(pattern: string, path: string): RegExp {
  if (/\*\*/.test(pattern)) throw new Error(`Event pattern: ${path} has two wildcards in a row`);
  const source = pattern.replace(
    /\\([*\\])|(\*)|([\s\S])/g,
    (_whole, escaped?: string, star?: string, plain?: string) =>
      star ? '[\\s\\S]*' : (escaped ?? plain)!.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  return new RegExp(`^${source}$`);
}

function onText(test: (value: string) => boolean): ValueTest {
  return (value) => typeof value === 'string' && test(value);
}

function text(operand: Operand, path: string): string {
  if (typeof operand !== 'string') throw new Error(`Event pattern: ${path} must be a string`);
  return operand;
}

function asList(operand: Operand): unknown[] {
  return Array.isArray(operand) ? operand : [operand];
}
