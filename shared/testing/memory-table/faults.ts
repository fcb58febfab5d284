import { reasonOf, type ServiceErrorName, serviceError, transactionCanceled } from './errors.ts';
import type { OperationName } from './memory-table.ts';
import type { Input } from './table-state.ts';

/** Reasons for which a transaction is cancelled though nothing is wrong with it. */
export type PassingReason =
  | 'TransactionConflict'
  | 'ThrottlingError'
  | 'ProvisionedThroughputExceeded'
  | 'ItemCollectionSizeLimitExceeded';

/** What a caller lets go wrong with a request, as it looks once the SDK has given up retrying. Nothing is written. */
export type Fault =
  | { readonly kind: 'error'; readonly name: ServiceErrorName }
  /** The transaction is cancelled, with these reasons at these actions and None at the others. */
  | { readonly kind: 'cancel'; readonly reasons: Readonly<Record<number, PassingReason>> }
  /** The batch does all but these of its requests, which come back as unprocessed. */
  | { readonly kind: 'unprocessed'; readonly indexes: readonly number[] };

export interface TableCall {
  readonly operation: OperationName;
  readonly input: Input;
}

/** Asked before each request; undefined: it goes as it should. */
export type FaultHook = (call: TableCall) => Fault | undefined;

/** @throws what the fault is, unless it is one that a reply tells of. */
export function throwFault(fault: Fault, { operation, input }: TableCall): void {
  if (fault.kind === 'error') throw serviceError(fault.name, `injected into ${operation}`);
  if (fault.kind !== 'cancel') return;
  const actions = input.TransactItems as readonly unknown[] | undefined;
  if (!actions) throw new Error(`${operation} cannot be cancelled: it is no transaction`);
  throw transactionCanceled(
    actions.map((_action, index) => {
      const code = fault.reasons[index];
      return code ? reasonOf(code, `injected into ${operation}`) : reasonOf('None', undefined);
    }),
  );
}

/** A batch in two: what is done, and what comes back. */
export function splitBatch(
  { operation, input }: TableCall,
  indexes: readonly number[],
): { done: Input | undefined; reply: Record<string, unknown> } {
  const [[name, asked] = []] = Object.entries((input.RequestItems ?? {}) as Readonly<Record<string, unknown>>);
  const isChosen = (_one: unknown, index: number) => indexes.includes(index);
  const isLeft = (_one: unknown, index: number) => !indexes.includes(index);
  const again = (part: unknown) => ({ ...input, RequestItems: { [name!]: part } });
  if (operation === 'BatchWriteItem') {
    const requests = asked as readonly unknown[];
    const done = requests.filter(isLeft);
    return {
      done: done.length > 0 ? again(done) : undefined,
      reply: { UnprocessedItems: { [name!]: requests.filter(isChosen) } },
    };
  }
  if (operation !== 'BatchGetItem') throw new Error(`${operation} leaves nothing unprocessed: it is no batch`);
  const { Keys, ...options } = asked as { readonly Keys: readonly unknown[] };
  const done = Keys.filter(isLeft);
  return {
    done: done.length > 0 ? again({ ...options, Keys: done }) : undefined,
    reply: { Responses: { [name!]: [] }, UnprocessedKeys: { [name!]: { ...options, Keys: Keys.filter(isChosen) } } },
  };
}
