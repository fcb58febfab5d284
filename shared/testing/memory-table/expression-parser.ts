import { ValidationError } from './errors.ts';
import { typeOf } from './values.ts';

/** A step of a document path: an attribute's name, already resolved, or a position in a list. */
export type PathStep = string | number;
export type Path = readonly PathStep[];

export type Operand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'size'; readonly path: Path }
  | { readonly kind: 'if_not_exists'; readonly path: Path; readonly otherwise: Operand }
  | { readonly kind: 'list_append'; readonly first: Operand; readonly second: Operand }
  | { readonly kind: 'sum'; readonly left: Operand; readonly right: Operand; readonly sign: 1 | -1 };

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'compare'; readonly comparator: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'between'; readonly of: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: 'in'; readonly of: Operand; readonly list: readonly Operand[] }
  | { readonly kind: 'exists'; readonly path: Path; readonly expected: boolean }
  | { readonly kind: 'begins_with' | 'contains'; readonly of: Operand; readonly what: Operand }
  | { readonly kind: 'attribute_type'; readonly path: Path; readonly type: Operand };

export interface Update {
  readonly set: readonly { readonly path: Path; readonly value: Operand }[];
  readonly remove: readonly Path[];
  readonly add: readonly { readonly path: Path; readonly value: Operand }[];
  readonly delete: readonly { readonly path: Path; readonly value: Operand }[];
}

/** Names and values that a request's expressions refer to; everything in it must be used. */
export class Bindings {
  private readonly names: Readonly<Record<string, string>>;
  private readonly values: Readonly<Record<string, unknown>>;
  private readonly used = new Set<string>();

  constructor(names: Readonly<Record<string, string>> = {}, values: Readonly<Record<string, unknown>> = {}) {
    this.names = names;
    this.values = values;
  }

  name(alias: string): string {
    const name = this.names[alias];
    if (name === undefined) throw new ValidationError(`An expression attribute name used is not defined: ${alias}`);
    this.used.add(alias);
    return name;
  }

  value(alias: string): unknown {
    if (!(alias in this.values) || this.values[alias] === undefined) {
      throw new ValidationError(`An expression attribute value used is not defined: ${alias}`);
    }
    this.used.add(alias);
    return this.values[alias];
  }

  /** @throws ValidationError when something is defined that no expression uses. */
  assertAllUsed(): void {
    for (const alias of [...Object.keys(this.names), ...Object.keys(this.values)]) {
      if (!this.used.has(alias)) throw new ValidationError(`${alias} is defined, but unused in expressions`);
    }
  }
}

const TOKEN = /\s*(#[A-Za-z0-9_]+|:[A-Za-z0-9_]+|[A-Za-z_][A-Za-z0-9_]*|\d+|<>|<=|>=|[=<>()[\].,+-])/y;
const tokens = new Map<string, readonly string[]>();

/** Cuts an expression into words; the same text is cut once. */
function tokensOf(text: string): readonly string[] {
  const known = tokens.get(text);
  if (known) return known;
  const found: string[] = [];
  const trimmed = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(trimmed);
    if (!match) throw new ValidationError(`Invalid expression: cannot read "${trimmed.slice(at)}"`);
    found.push(match[1]!);
  }
  if (found.length === 0) throw new ValidationError('Invalid expression: it is empty');
  tokens.set(text, found);
  return found;
}

const COMPARATORS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);
const CLAUSES = new Set(['SET', 'REMOVE', 'ADD', 'DELETE']);

/** Recursive descent over one expression. */
class Parser {
  private at = 0;
  private readonly words: readonly string[];
  private readonly bindings: Bindings;

  constructor(text: string, bindings: Bindings) {
    this.words = tokensOf(text);
    this.bindings = bindings;
  }

  condition(): Condition {
    const whole = this.or();
    this.end();
    return whole;
  }

  projection(): readonly Path[] {
    const paths = this.list(() => this.path());
    this.end();
    return paths;
  }

  update(): Update {
    const update = { set: [], remove: [], add: [], delete: [] } as {
      -readonly [C in keyof Update]: Update[C][number][];
    };
    const seen = new Set<string>();
    while (this.at < this.words.length) {
      const clause = this.next().toUpperCase();
      if (!CLAUSES.has(clause) || seen.has(clause)) throw this.unexpected(clause);
      seen.add(clause);
      if (clause === 'SET') {
        update.set.push(
          ...this.list(() => {
            const path = this.path();
            this.expect('=');
            return { path, value: this.sum() };
          }),
        );
      } else if (clause === 'REMOVE') {
        update.remove.push(...this.list(() => this.path()));
      } else {
        const entries = this.list(() => ({ path: this.path(), value: this.operand() }));
        update[clause === 'ADD' ? 'add' : 'delete'].push(...entries);
      }
    }
    const paths = [...update.set, ...update.add, ...update.delete].map(({ path }) => path).concat(update.remove);
    assertApart(paths);
    return update;
  }

  private or(): Condition {
    let left = this.and();
    while (this.word('OR')) left = { kind: 'or', left, right: this.and() };
    return left;
  }

  private and(): Condition {
    let left = this.not();
    while (this.word('AND')) left = { kind: 'and', left, right: this.not() };
    return left;
  }

  private not(): Condition {
    return this.word('NOT') ? { kind: 'not', of: this.not() } : this.primary();
  }

  private primary(): Condition {
    if (this.peek() === '(') {
      this.next();
      const inner = this.or();
      this.expect(')');
      return inner;
    }
    const call = this.words[this.at + 1] === '(' ? this.peek()?.toLowerCase() : undefined;
    switch (call) {
      case 'attribute_exists':
      case 'attribute_not_exists':
        return { kind: 'exists', path: this.call(() => this.path()), expected: call === 'attribute_exists' };
      case 'begins_with':
      case 'contains':
        return this.call(() => {
          const of = this.operand();
          this.expect(',');
          return { kind: call, of, what: this.operand() };
        });
      case 'attribute_type':
        return this.call(() => {
          const path = this.path();
          this.expect(',');
          return { kind: 'attribute_type', path, type: this.operand() };
        });
      default:
        return this.comparison();
    }
  }

  private comparison(): Condition {
    const left = this.operand();
    if (this.word('BETWEEN')) {
      const low = this.operand();
      if (!this.word('AND')) throw this.unexpected(this.peek());
      const high = this.operand();
      for (const operand of [left, low, high]) assertOrderable(operand);
      return { kind: 'between', of: left, low, high };
    }
    if (this.word('IN')) {
      this.expect('(');
      const list = this.list(() => this.operand());
      this.expect(')');
      return { kind: 'in', of: left, list };
    }
    const comparator = this.next();
    if (!COMPARATORS.has(comparator)) throw this.unexpected(comparator);
    const right = this.operand();
    if (comparator !== '=' && comparator !== '<>') for (const operand of [left, right]) assertOrderable(operand);
    return { kind: 'compare', comparator: comparator as Comparator, left, right };
  }

  private sum(): Operand {
    const left = this.operand();
    const sign = this.peek();
    if (sign !== '+' && sign !== '-') return left;
    this.next();
    return { kind: 'sum', left, right: this.operand(), sign: sign === '+' ? 1 : -1 };
  }

  private operand(): Operand {
    const word = this.peek();
    if (word === undefined) throw this.unexpected(word);
    if (word.startsWith(':')) return { kind: 'value', value: this.bindings.value(this.next()) };
    if (word === '(') {
      this.next();
      const inner = this.sum();
      this.expect(')');
      return inner;
    }
    const call = this.words[this.at + 1] === '(' ? word.toLowerCase() : undefined;
    switch (call) {
      case 'size':
        return { kind: 'size', path: this.call(() => this.path()) };
      case 'if_not_exists':
        return this.call(() => {
          const path = this.path();
          this.expect(',');
          return { kind: 'if_not_exists', path, otherwise: this.operand() };
        });
      case 'list_append':
        return this.call(() => {
          const first = this.operand();
          this.expect(',');
          return { kind: 'list_append', first, second: this.operand() };
        });
      default:
        return { kind: 'path', path: this.path() };
    }
  }

  private path(): Path {
    const steps: PathStep[] = [this.attribute()];
    for (;;) {
      if (this.peek() === '.') {
        this.next();
        steps.push(this.attribute());
      } else if (this.peek() === '[') {
        this.next();
        const index = this.next();
        if (!/^\d+$/.test(index)) throw this.unexpected(index);
        steps.push(Number(index));
        this.expect(']');
      } else {
        return steps;
      }
    }
  }

  private attribute(): string {
    const word = this.next();
    if (word.startsWith('#')) return this.bindings.name(word);
    if (!/^[A-Za-z]\w*$/.test(word)) throw this.unexpected(word);
    return word;
  }

  private call<T>(argument: () => T): T {
    this.next();
    this.expect('(');
    const parsed = argument();
    this.expect(')');
    return parsed;
  }

  private list<T>(entry: () => T): T[] {
    const entries = [entry()];
    while (this.peek() === ',') {
      this.next();
      entries.push(entry());
    }
    return entries;
  }

  private word(keyword: string): boolean {
    if (this.peek()?.toUpperCase() !== keyword) return false;
    this.at += 1;
    return true;
  }

  private peek(): string | undefined {
    return this.words[this.at];
  }

  private next(): string {
    const word = this.words[this.at];
    if (word === undefined) throw this.unexpected(word);
    this.at += 1;
    return word;
  }

  private expect(word: string): void {
    const found = this.next();
    if (found !== word) throw this.unexpected(found);
  }

  private end(): void {
    if (this.at < this.words.length) throw this.unexpected(this.peek());
  }

  private unexpected(word: string | undefined): ValidationError {
    return new ValidationError(`Invalid expression: syntax error at "${word ?? 'end'}" in ${this.words.join(' ')}`);
  }
}

/** Only strings, numbers and bytes have an order. */
function assertOrderable(operand: Operand): void {
  if (operand.kind !== 'value' || ['S', 'N', 'B'].includes(typeOf(operand.value))) return;
  throw new ValidationError('Invalid expression: incorrect operand type for operator or function');
}

function assertApart(paths: readonly Path[]): void {
  const sorted = paths.map((path) => path.map((step) => JSON.stringify(step)).join(' ')).sort();
  for (const [index, path] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next === path || next?.startsWith(`${path} `)) {
      throw new ValidationError('Invalid UpdateExpression: Two document paths overlap with each other');
    }
  }
}

export function parseCondition(text: string, bindings: Bindings): Condition {
  return new Parser(text, bindings).condition();
}

export function parseUpdate(text: string, bindings: Bindings): Update {
  return new Parser(text, bindings).update();
}

export function parseProjection(text: string, bindings: Bindings): readonly Path[] {
  return new Parser(text, bindings).projection();
}
