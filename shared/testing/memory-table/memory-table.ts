import { clock } from '#shared/kernel/clock.ts';
import { giveOut, type Item, isSameItem } from './attribute-values.ts';
import { batchGet, batchWrite } from './batch-requests.ts';
import { type FaultHook, splitBatch, type TableCall, throwFault } from './faults.ts';
import { query, scan } from './query-requests.ts';
import { type Lag, type RowChange, type RowSnapshot, RowStore } from './row-store.ts';
import { getItem, writeItem } from './single-requests.ts';
import type { Input, TableState } from './table-state.ts';
import { TokenMemory } from './token-memory.ts';
import { transactGet, transactWrite } from './transact-requests.ts';

/** One changed item, as the table's stream tells of it. Writes that change nothing leave no record. */
export interface ChangeRecord {
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  /** Counts the records of this table. */
  readonly sequence: number;
  /** The same for all records of one transaction. */
  readonly commit: number;
  readonly atMs: number;
  readonly oldImage: Item | undefined;
  readonly newImage: Item | undefined;
}

/** All of a table's state at one moment; only `restore` reads it. */
export interface TableSnapshot {
  readonly rows: RowSnapshot;
  readonly tokens: TokenMemory;
}

const operations = {
  GetItem: getItem,
  PutItem: (state: TableState, input: Input) => writeItem(state, 'Put', input),
  UpdateItem: (state: TableState, input: Input) => writeItem(state, 'Update', input),
  DeleteItem: (state: TableState, input: Input) => writeItem(state, 'Delete', input),
  Query: query,
  Scan: scan,
  BatchGetItem: batchGet,
  BatchWriteItem: batchWrite,
  TransactGetItems: transactGet,
  TransactWriteItems: transactWrite,
} as const;

export type OperationName = keyof typeof operations;

/** The project's table in the memory of this process, as DynamoDB would behave. */
export class MemoryTable {
  readonly tableName: string;
  readonly #rows = new RowStore();
  readonly #listeners = new Set<(record: ChangeRecord) => void>();
  readonly #faults: FaultHook[] = [];
  #lag: Lag | undefined;
  #tokens = new TokenMemory();
  #sequence = 0;
  #commit = 0;

  constructor(tableName: string) {
    this.tableName = tableName;
  }

  /** Does one request to its end; the document client calls it. @throws what the SDK throws. */
  execute(operation: OperationName, input: Input): Record<string, unknown> {
    const call: TableCall = { operation, input };
    for (const faultOf of this.#faults) {
      const fault = faultOf(call);
      if (!fault) continue;
      throwFault(fault, call);
      if (fault.kind !== 'unprocessed') continue;
      const { done, reply } = splitBatch(call, fault.indexes);
      return done ? { ...reply, ...withoutRemainder(this.#run(operation, done)) } : reply;
    }
    return this.#run(operation, input);
  }

  #run(operation: OperationName, input: Input): Record<string, unknown> {
    if (this.#lag) this.#rows.catchUp(clock.nowMs());
    const state: TableState = {
      tableName: this.tableName,
      rows: this.#rows,
      tokens: this.#tokens,
      commit: (changes) => this.#apply(changes),
    };
    return operations[operation](state, input);
  }

  #apply(changes: readonly RowChange[]): void {
    this.#commit += 1;
    const lag = this.#lag && { nowMs: clock.nowMs(), of: this.#lag };
    for (const change of changes) this.#rows.apply(change, lag);
    if (this.#listeners.size === 0) return;
    for (const change of changes) this.#tell(change);
  }

  #tell({ before, after }: RowChange): void {
    if (!(before || after) || (before && after && isSameItem(before.item, after.item))) return;
    this.#sequence += 1;
    for (const listener of this.#listeners) {
      listener({
        eventName: before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT',
        sequence: this.#sequence,
        commit: this.#commit,
        atMs: clock.nowMs(),
        oldImage: before && giveOut(before.item),
        newImage: after && giveOut(after.item),
      });
    }
  }

  /** Tells of every change from now on, in its order, as it is committed. @returns the undo. */
  onChange(listener: (record: ChangeRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asks `faultOf` before each request what is to go wrong with it. @returns the undo. */
  useFaults(faultOf: FaultHook): () => void {
    this.#faults.push(faultOf);
    return () => {
      this.#faults.splice(this.#faults.indexOf(faultOf), 1);
    };
  }

  /**
   * From now on indexes, and reads that do not ask for the present, show each change after as many ms as `lag` says.
   * @returns the undo: everything shows at once again.
   */
  useLag(lag: Lag): () => void {
    this.#lag = lag;
    return () => {
      this.#lag = undefined;
      this.#rows.catchUp(Number.POSITIVE_INFINITY);
    };
  }

  /** Every item, by partition and sort key, as copies. */
  items(): Item[] {
    return this.#rows.rows().map(({ item }) => giveOut(item));
  }

  /** All of its state at this moment. Costs little: rows are shared, since none is ever changed in place. */
  snapshot(): TableSnapshot {
    return { rows: this.#rows.snapshot(), tokens: this.#tokens.clone() };
  }

  /** Makes the state what it was then. It is no write: no record tells of it. */
  restore({ rows, tokens }: TableSnapshot): void {
    this.#rows.catchUp(Number.POSITIVE_INFINITY);
    for (const change of this.#rows.differences(rows)) this.#rows.apply(change);
    this.#tokens = tokens.clone();
  }
}

/** A reply without the part that says that nothing is left over. */
function withoutRemainder(reply: Record<string, unknown>): Record<string, unknown> {
  const { UnprocessedItems: _items, UnprocessedKeys: _keys, ...rest } = reply;
  return rest;
}
