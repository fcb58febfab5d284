import { validationError } from '../errors.ts';
import { isReserved } from './reserved-words.ts';
import type { Path } from './syntax.ts';

const TOKEN = /\s*(?:([A-Za-z]\w*|#\w+|:\w+|\d+|<>|<=|>=|[=<>()[\],.+-])|(\S))/gy;
const WORD = /^[A-Za-z]/;
const END = '<EOF>';

/** Reads the tokens of one expression, and what all kinds of expression have in common. */
export class TokenReader {
  readonly names = new Set<string>();
  readonly values = new Set<string>();
  readonly #field: string;
  readonly #tokens: string[] = [];
  #at = 0;

  /** @throws ValidationException for what is no token. */
  constructor(field: string, text: string) {
    this.#field = field;
    if (text.trim() === '') throw this.refusal('The expression can not be empty;');
    for (const [, token, stray] of text.trimEnd().matchAll(TOKEN)) {
      if (stray !== undefined) throw this.refusal(`Syntax error; token: "${stray}"`);
      this.#tokens.push(token!);
    }
  }

  refusal(what: string): Error {
    return validationError(`Invalid ${this.#field}: ${what}`);
  }

  /** The next token; the one after it with 1, and so on. */
  peek(ahead = 0): string {
    return this.#tokens[this.#at + ahead] ?? END;
  }

  get isAtEnd(): boolean {
    return this.peek() === END;
  }

  take(): string {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  /** Takes the token if it comes next. Keywords are known in any case of letters. */
  takeIf(token: string): boolean {
    if (this.peek().toUpperCase() !== token) return false;
    this.#at += 1;
    return true;
  }

  expect(token: string): void {
    if (!this.takeIf(token)) throw this.syntaxError();
  }

  syntaxError(): Error {
    return this.refusal(`Syntax error; token: "${this.peek()}"`);
  }

  /** Nothing may follow. */
  end(): void {
    if (!this.isAtEnd) throw this.syntaxError();
  }

  /** Whether a call of a function comes next. */
  get isAtCall(): boolean {
    return WORD.test(this.peek()) && this.peek(1) === '(';
  }

  path(): Path {
    const path: (string | number)[] = [this.#name()];
    for (;;) {
      if (this.takeIf('.')) path.push(this.#name());
      else if (this.takeIf('[')) {
        if (!/^\d/.test(this.peek())) throw this.syntaxError();
        path.push(Number(this.take()));
        this.expect(']');
      } else return path;
    }
  }

  #name(): string {
    const token = this.peek();
    if (token.startsWith('#')) this.names.add(token);
    else if (!WORD.test(token)) throw this.syntaxError();
    else if (isReserved(token)) {
      throw this.refusal(`Attribute name is a reserved keyword; reserved keyword: ${token}`);
    }
    return this.take();
  }

  /** A `:value`. */
  value(): string {
    if (!this.peek().startsWith(':')) throw this.syntaxError();
    this.values.add(this.peek());
    return this.take();
  }
}
