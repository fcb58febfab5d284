import { compileValueTest, type Json, type ValueTest } from './value-test.ts';

/** Tells whether an event matches. */
export type EventMatcher = (event: unknown) => boolean;

/**
 * Compiles a pattern of the language that EventBridge rules and Lambda's event-source filters share. Throws an error
 * that names the field when the pattern uses an operator that is unknown here or is not well formed.
 */
export function compileEventPattern(pattern: unknown): EventMatcher {
  const node = compileNode(pattern, '$');
  return (event) => node(event as Json);
}

type NodeTest = (value: Json | undefined) => boolean;

function compileNode(pattern: unknown, path: string): NodeTest {
  if (!isObject(pattern)) throw new Error(`Event pattern: ${path} must be an object`);
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw new Error(`Event pattern: ${path} is empty`);
  const tests = entries.map(([key, inner]) =>
    key === '$or' ? compileOr(inner, path) : compileField(key, inner, path),
  );
  return (value) => {
    // Each object of an array is tried by itself: all fields of one branch have to match in the same element.
    if (Array.isArray(value)) return value.some((element) => tests.every((test) => test(element)));
    return tests.every((test) => test(value));
  };
}

function compileOr(branches: unknown, path: string): NodeTest {
  if (!Array.isArray(branches) || branches.length < 2)
    throw new Error(`Event pattern: ${path}.$or needs two or more branches`);
  const tests = branches.map((branch, index) => compileNode(branch, `${path}.$or[${index}]`));
  return (value) => tests.some((test) => test(value));
}

function compileField(key: string, inner: unknown, path: string): NodeTest {
  const fieldPath = `${path}.${key}`;
  if (!Array.isArray(inner)) {
    const node = compileNode(inner, fieldPath);
    return (value) => node(fieldOf(value, key));
  }
  if (inner.length === 0) throw new Error(`Event pattern: ${fieldPath} is an empty array`);
  const tests: ValueTest[] = inner.map((choice) => compileValueTest(choice, fieldPath));
  return (value) => {
    const found = fieldOf(value, key);
    const candidates = leavesOf(found);
    // An empty array counts as a field that is not there.
    const values = candidates.length === 0 ? [undefined] : candidates;
    return tests.some((test) => values.some(test));
  };
}

function leavesOf(value: Json | undefined): (Json | undefined)[] {
  return Array.isArray(value) ? value.flatMap(leavesOf) : [value];
}

function fieldOf(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? (value[key] as Json) : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
