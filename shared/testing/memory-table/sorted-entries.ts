import type { Item } from './attribute-values.ts';
import { compareBytes } from './byte-order.ts';

/** An item as the table keeps it. Never changed in place. */
export interface Row {
  readonly pk: string;
  readonly sk: string;
  readonly item: Item;
  readonly bytes: number;
}

/** Where an item stands in a partition. In an index several may have the same sort key: then their own keys decide. */
export interface Position {
  readonly sort: string;
  readonly pk: string;
  readonly sk: string;
}

interface Entry extends Position {
  readonly row: Row;
}

function compare(left: Position, right: Position): number {
  return compareBytes(left.sort, right.sort) || compareBytes(left.pk, right.pk) || compareBytes(left.sk, right.sk);
}

/** The items of one partition, of the table or of an index, in order. */
export class SortedEntries {
  readonly #entries: Entry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  rowAt(index: number): Row {
    return this.#entries[index]!.row;
  }

  /** How many entries stand before the first of which `reached` holds; once it holds, it holds to the end. */
  countBefore(reached: (position: Position) => boolean): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (reached(this.#entries[middle]!)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** How many entries stand before this position. */
  indexOf(position: Position): number {
    return this.countBefore((entry) => compare(entry, position) >= 0);
  }

  /** How many entries stand before this position or at it. */
  indexAfter(position: Position): number {
    return this.countBefore((entry) => compare(entry, position) > 0);
  }

  set(position: Position, row: Row): void {
    const index = this.indexOf(position);
    const entry = this.#entries[index];
    const isKnown = entry !== undefined && compare(entry, position) === 0;
    this.#entries.splice(index, isKnown ? 1 : 0, { ...position, row });
  }

  delete(position: Position): void {
    const index = this.indexOf(position);
    const entry = this.#entries[index];
    if (entry && compare(entry, position) === 0) this.#entries.splice(index, 1);
  }
}
