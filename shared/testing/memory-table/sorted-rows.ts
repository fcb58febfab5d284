import { compareText, type Row } from './values.ts';

/** Where a row stands among others of its partition: its sort key, and in an index what tells equal ones apart. */
export interface Position {
  readonly sortKey: string;
  /** `pk|sk` of the table; empty in the table itself. */
  readonly tieBreak: string;
}

interface Entry extends Position {
  readonly row: Row;
}

export function comparePositions(a: Position, b: Position): number {
  return compareText(a.sortKey, b.sortKey) || compareText(a.tieBreak, b.tieBreak);
}

/** The rows of one table or index: by partition, in order. */
export class SortedRows {
  private readonly partitions = new Map<string, Entry[]>();

  put(partition: string, position: Position, row: Row): void {
    let entries = this.partitions.get(partition);
    if (!entries) {
      entries = [];
      this.partitions.set(partition, entries);
    }
    const index = lowerBound(entries, position);
    const found = entries[index];
    const replaced = found !== undefined && comparePositions(found, position) === 0 ? 1 : 0;
    entries.splice(index, replaced, { ...position, row });
  }

  delete(partition: string, position: Position): void {
    const entries = this.partitions.get(partition);
    if (!entries) return;
    const index = lowerBound(entries, position);
    const found = entries[index];
    if (found === undefined || comparePositions(found, position) !== 0) return;
    entries.splice(index, 1);
    if (entries.length === 0) this.partitions.delete(partition);
  }

  get(partition: string, sortKey: string): Row | undefined {
    const entries = this.partitions.get(partition);
    if (!entries) return undefined;
    const found = entries[lowerBound(entries, { sortKey, tieBreak: '' })];
    return found?.sortKey === sortKey ? found.row : undefined;
  }

  /** A partition's rows from a position on (excluded), in order or against it. */
  *rowsOf(partition: string, after: Position | undefined, forward: boolean): Generator<Row> {
    const entries = this.partitions.get(partition) ?? [];
    if (forward) {
      let index = after ? lowerBound(entries, after) : 0;
      if (after && entries[index] && comparePositions(entries[index]!, after) === 0) index += 1;
      for (; index < entries.length; index += 1) yield entries[index]!.row;
    } else {
      let index = (after ? lowerBound(entries, after) : entries.length) - 1;
      for (; index >= 0; index -= 1) yield entries[index]!.row;
    }
  }

  *all(): Generator<Row> {
    for (const entries of this.partitions.values()) for (const { row } of entries) yield row;
  }
}

function lowerBound(entries: readonly Entry[], position: Position): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comparePositions(entries[middle]!, position) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
