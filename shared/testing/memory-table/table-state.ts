import { serviceError, validationError } from './errors.ts';
import type { RowChange, RowStore } from './row-store.ts';
import type { TokenMemory } from './token-memory.ts';

/** What the requests of a table work on. */
export interface TableState {
  readonly tableName: string;
  readonly rows: RowStore;
  readonly tokens: TokenMemory;
  /** Makes all of these changes at once, and tells who listens. */
  commit(changes: readonly RowChange[]): void;
}

/** A request as a command of the document client carries it. */
export type Input = Readonly<Record<string, unknown>>;

/** @throws ResourceNotFoundException for any other table: there is one. */
export function refuseOtherTable(state: TableState, name: unknown): void {
  if (name !== state.tableName) {
    throw serviceError('ResourceNotFoundException', 'Cannot do operations on a non-existent table');
  }
}

/**
 * What the twin does not know it refuses loudly, so that nothing is passed over in silence.
 * @throws Error, which is no error of the service.
 */
export function refuseUnknown(what: string, input: Input, known: ReadonlySet<string>): void {
  for (const name in input) {
    if (input[name] !== undefined && !known.has(name))
      throw new Error(`the memory table does not know ${what}.${name}`);
  }
}

/** @throws ValidationException for a value that is none of these. */
export function refuseOtherThan(field: string, value: unknown, allowed: readonly string[]): void {
  if (value !== undefined && !allowed.includes(value as string)) {
    throw validationError(`${field} set to invalid value`);
  }
}
