import { type IndexName, tableDefinition } from '#shared/table/definition.ts';
import type { Item } from './attribute-values.ts';
import { compareBytes } from './byte-order.ts';
import { itemBytes } from './item-size.ts';
import { type Position, type Row, SortedEntries } from './sorted-entries.ts';

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

type Partitions = Map<string, SortedEntries>;

function place(partitions: Partitions, partition: string, position: Position, row: Row | undefined): void {
  const known = partitions.get(partition);
  const entries = known ?? new SortedEntries();
  if (row) entries.set(position, row);
  else entries.delete(position);
  if (entries.size === 0) partitions.delete(partition);
  else if (!known) partitions.set(partition, entries);
}

/** All rows of one moment, by their identity. */
export type RowSnapshot = ReadonlyMap<string, Row>;

/** The rows of the table and of its indexes. */
export class RowStore {
  readonly #rows = new Map<string, Row>();
  readonly #table: Partitions = new Map();
  readonly #indexes = new Map<IndexName, Partitions>(indexNames.map((name) => [name, new Map()]));

  get(pk: string, sk: string): Row | undefined {
    return this.#rows.get(identityOf({ pk, sk }));
  }

  /** The item as a row of this store, not yet in it. */
  rowOf(item: Item): Row {
    return { pk: item[partitionKey] as string, sk: item[sortKey] as string, item, bytes: itemBytes(item) };
  }

  apply({ pk, sk, before, after }: RowChange): void {
    const identity = identityOf({ pk, sk });
    if (after) this.#rows.set(identity, after);
    else this.#rows.delete(identity);
    place(this.#table, pk, { sort: sk, pk, sk }, after);
    for (const [name, partitions] of this.#indexes) {
      const [from, to] = [before && placeOf(name, before.item), after && placeOf(name, after.item)];
      if (from && !(to && to.partition === from.partition && to.sort === from.sort)) {
        place(partitions, from.partition, { sort: from.sort, pk, sk }, undefined);
      }
      if (to) place(partitions, to.partition, { sort: to.sort, pk, sk }, after);
    }
  }

  partition(index: IndexName | undefined, key: string): SortedEntries | undefined {
    return this.#partitionsOf(index).get(key);
  }

  /** Partition keys in byte order: DynamoDB has an order of its own there, which it does not tell. */
  partitionKeys(index: IndexName | undefined): readonly string[] {
    return [...this.#partitionsOf(index).keys()].sort(compareBytes);
  }

  #partitionsOf(index: IndexName | undefined): Partitions {
    return index ? this.#indexes.get(index)! : this.#table;
  }

  /** Every row, by partition and sort key. */
  rows(): Row[] {
    return this.partitionKeys(undefined).flatMap((key) => {
      const entries = this.#table.get(key)!;
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
