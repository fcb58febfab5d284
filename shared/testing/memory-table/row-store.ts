import { type IndexName, tableDefinition } from '#shared/table/definition.ts';
import type { Item } from './attribute-values.ts';
import { compareBytes } from './byte-order.ts';
import { itemBytes } from './item-size.ts';
import type { Row, SortedEntries } from './sorted-entries.ts';
import { View } from './view.ts';

const { partitionKey, sortKey, indexes } = tableDefinition;

/** The names of the key attributes of the table, or of one of its indexes. */
export interface KeyNames {
  readonly partitionKey: string;
  readonly sortKey: string;
}

export const indexNames = Object.keys(indexes) as IndexName[];

export function keyNamesOf(index: IndexName | undefined): KeyNames {
  return index ? indexes[index] : { partitionKey, sortKey };
}

/** Where an item stands in an index; undefined: it lacks one of the index's keys. */
export function placeOf(index: IndexName, item: Item): { partition: string; sort: string } | undefined {
  const { partitionKey: pk, sortKey: sk } = indexes[index];
  const [partition, sort] = [item[pk], item[sk]];
  return typeof partition === 'string' && typeof sort === 'string' ? { partition, sort } : undefined;
}

/** One text for one primary key, whatever its parts hold. */
export function identityOf({ pk, sk }: { readonly pk: string; readonly sk: string }): string {
  return `${pk.length} ${pk}${sk}`;
}

/** What changes with one write. */
export interface RowChange {
  readonly pk: string;
  readonly sk: string;
  readonly before: Row | undefined;
  readonly after: Row | undefined;
}

/** All rows of one moment, by their identity. */
export type RowSnapshot = ReadonlyMap<string, Row>;

/** How long it takes until a view of the table shows a change, in ms. */
export type Lag = (view: IndexName | 'eventual') => number;

/** The rows of the table, of its indexes, and as those see them who do not ask for the present. */
export class RowStore {
  readonly #rows = new Map<string, Row>();
  readonly #table = new View(({ pk, sk }) => ({ partition: pk as string, sort: sk as string }));
  readonly #eventual = new View(({ pk, sk }) => ({ partition: pk as string, sort: sk as string }));
  readonly #indexes = new Map(indexNames.map((name) => [name, new View((item) => placeOf(name, item))]));

  get(pk: string, sk: string): Row | undefined {
    return this.#rows.get(identityOf({ pk, sk }));
  }

  /** The row as somebody sees it who does not ask for the present. */
  getEventually(pk: string, sk: string): Row | undefined {
    const identity = identityOf({ pk, sk });
    const late = this.#eventual.lateOf(identity);
    return late ? late.shown : this.#rows.get(identity);
  }

  /** The item as a row of this store, not yet in it. */
  rowOf(item: Item): Row {
    return { pk: item[partitionKey] as string, sk: item[sortKey] as string, item, bytes: itemBytes(item) };
  }

  /** Makes a change at once; its indexes show it by and by. */
  apply(change: RowChange, lag?: { readonly nowMs: number; readonly of: Lag }): void {
    const identity = identityOf(change);
    if (change.after) this.#rows.set(identity, change.after);
    else this.#rows.delete(identity);
    this.#table.apply(change, identity);
    this.#eventual.apply(change, identity, lag && { nowMs: lag.nowMs, ms: lag.of('eventual') });
    for (const [name, view] of this.#indexes) {
      view.apply(change, identity, lag && { nowMs: lag.nowMs, ms: lag.of(name) });
    }
  }

  /** Has all views show what they were to show by then. */
  catchUp(nowMs: number): void {
    this.#eventual.catchUp(nowMs);
    for (const view of this.#indexes.values()) view.catchUp(nowMs);
  }

  /** @param isConsistent false: of the table, as somebody sees it who does not ask for the present. */
  partition(index: IndexName | undefined, key: string, isConsistent = true): SortedEntries | undefined {
    return this.#viewOf(index, isConsistent).partitions.get(key);
  }

  /** Partition keys in byte order: DynamoDB has an order of its own there, which it does not tell. */
  partitionKeys(index: IndexName | undefined, isConsistent = true): readonly string[] {
    return [...this.#viewOf(index, isConsistent).partitions.keys()].sort(compareBytes);
  }

  #viewOf(index: IndexName | undefined, isConsistent: boolean): View {
    if (index) return this.#indexes.get(index)!;
    return isConsistent ? this.#table : this.#eventual;
  }

  /** Every row, by partition and sort key. */
  rows(): Row[] {
    return this.partitionKeys(undefined).flatMap((key) => {
      const entries = this.partition(undefined, key)!;
      return Array.from({ length: entries.size }, (_none, index) => entries.rowAt(index));
    });
  }

  snapshot(): RowSnapshot {
    return new Map(this.#rows);
  }

  /** What has to be written so that the rows are again those of the snapshot. */
  differences(snapshot: RowSnapshot): RowChange[] {
    const changes: RowChange[] = [];
    for (const [identity, before] of this.#rows) {
      const after = snapshot.get(identity);
      if (after !== before) changes.push({ pk: before.pk, sk: before.sk, before, after });
    }
    for (const [identity, after] of snapshot) {
      if (!this.#rows.has(identity)) changes.push({ pk: after.pk, sk: after.sk, before: undefined, after });
    }
    return changes;
  }
}
