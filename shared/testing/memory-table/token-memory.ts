import { hash } from 'node:crypto';
import { clock, MINUTE_MS } from '#shared/kernel/clock.ts';
import type { Units } from './capacity.ts';

/** For so long DynamoDB knows a transaction by its token. */
const KEPT_MS = 10 * MINUTE_MS;

interface Committed {
  readonly request: string;
  readonly atMs: number;
  /** What it costs to be told so. */
  readonly repetition: Units;
}

/** The transactions of the last ten minutes, by their client's token and the project's clock. */
export class TokenMemory {
  readonly #committed = new Map<string, Committed>();

  /** What the token has committed; undefined: nothing that is remembered. */
  get(token: string): Committed | undefined {
    this.#forget();
    return this.#committed.get(token);
  }

  add(token: string, request: string, repetition: Units): void {
    this.#committed.set(token, { request, atMs: clock.nowMs(), repetition });
  }

  clone(): TokenMemory {
    const copy = new TokenMemory();
    for (const [token, committed] of this.#committed) copy.#committed.set(token, committed);
    return copy;
  }

  #forget(): void {
    const before = clock.nowMs() - KEPT_MS;
    for (const [token, { atMs }] of this.#committed) {
      // Tokens stand in the order of their time; a test may have moved its clock back.
      if (atMs > before) return;
      this.#committed.delete(token);
    }
  }
}

/** What two requests under one token must have in common. */
export function fingerprint(actions: unknown): string {
  return hash('sha1', JSON.stringify(actions, plain));
}

function plain(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  return value instanceof Set ? [...value] : value;
}
