import type { Item } from './attribute-values.ts';
import type { RowChange } from './row-store.ts';
import { type Position, type Row, SortedEntries } from './sorted-entries.ts';

type Place = (item: Item) => { readonly partition: string; readonly sort: string } | undefined;

/** A change that a view does not show yet. */
interface Late {
  readonly change: RowChange;
  readonly identity: string;
  readonly atMs: number;
}

/**
 * Rows in the order of one pair of keys: the table itself, or an index. It may show changes late, those of one row in
 * their order.
 */
export class View {
  readonly partitions = new Map<string, SortedEntries>();
  readonly #placeOf: Place;
  #late: Late[] = [];

  constructor(placeOf: Place) {
    this.#placeOf = placeOf;
  }

  /**
   * @param identity of the row that changes.
   * @param lag unset: it shows at once.
   */
  apply(change: RowChange, identity: string, lag?: { readonly nowMs: number; readonly ms: number }): void {
    const last = this.#late.findLast((one) => one.identity === identity);
    if (!last && !(lag && lag.ms > 0)) {
      this.#show(change);
      return;
    }
    const atMs = lag ? lag.nowMs + lag.ms : 0;
    this.#late.push({ change, identity, atMs: Math.max(atMs, last?.atMs ?? 0) });
  }

  /** Shows what was to show by then. */
  catchUp(nowMs: number): void {
    if (this.#late.length === 0) return;
    const left: Late[] = [];
    for (const late of this.#late) {
      if (late.atMs <= nowMs) this.#show(late.change);
      else left.push(late);
    }
    this.#late = left;
  }

  /** What is shown of a row that has changed since; undefined: it shows as it is. */
  lateOf(identity: string): { readonly shown: Row | undefined } | undefined {
    const first = this.#late.find((one) => one.identity === identity);
    return first && { shown: first.change.before };
  }

  #show({ pk, sk, before, after }: RowChange): void {
    const [from, to] = [before && this.#placeOf(before.item), after && this.#placeOf(after.item)];
    if (from && !(to && to.partition === from.partition && to.sort === from.sort)) {
      this.#place(from.partition, { sort: from.sort, pk, sk }, undefined);
    }
    if (to) this.#place(to.partition, { sort: to.sort, pk, sk }, after);
  }

  #place(partition: string, position: Position, row: Row | undefined): void {
    const known = this.partitions.get(partition);
    const entries = known ?? new SortedEntries();
    if (row) entries.set(position, row);
    else entries.delete(position);
    if (entries.size === 0) this.partitions.delete(partition);
    else if (!known) this.partitions.set(partition, entries);
  }
}
