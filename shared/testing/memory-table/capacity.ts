import type { IndexName } from '#shared/table/definition.ts';
import { isSameItem } from './attribute-values.ts';
import { indexNames, placeOf, type RowChange } from './row-store.ts';

const WRITE_UNIT_BYTES = 1_024;
const READ_UNIT_BYTES = 4_096;
/** A transaction prepares and commits. */
export const TRANSACTIONAL = 2;

/** Units by what they were spent on. */
export interface Units {
  table: number;
  readonly indexes: Partial<Record<IndexName, number>>;
}

export const noUnits = (): Units => ({ table: 0, indexes: {} });

/** At least one, also for what is not there. */
const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));

/** Units of reading so many bytes at once; a strongly consistent read costs twice as much as another. */
export function readUnits(bytes: number, consistent: boolean): number {
  return Math.ceil(bytes / READ_UNIT_BYTES) * (consistent ? 1 : 0.5);
}

/**
 * Adds what a write costs: the larger of both images, and every entry of an index that comes, goes or changes. The
 * factor of transactions is the table's alone.
 */
export function addWrite(units: Units, { before, after }: RowChange, factor = 1): void {
  const larger = Math.max(before?.bytes ?? 0, after?.bytes ?? 0);
  units.table += factor * writeUnits(larger);
  for (const name of indexNames) {
    const [from, to] = [before && placeOf(name, before.item), after && placeOf(name, after.item)];
    if (!(from || to)) continue;
    let spent = 0;
    if (from && to && from.partition === to.partition && from.sort === to.sort) {
      if (!isSameItem(before!.item, after!.item)) spent = writeUnits(larger);
    } else spent = (from ? writeUnits(before!.bytes) : 0) + (to ? writeUnits(after!.bytes) : 0);
    if (spent > 0) units.indexes[name] = (units.indexes[name] ?? 0) + spent;
  }
}

/** How a reply tells of it. */
export interface ConsumedCapacity {
  readonly TableName: string;
  readonly CapacityUnits: number;
  readonly ReadCapacityUnits?: number;
  readonly WriteCapacityUnits?: number;
  readonly Table?: { readonly CapacityUnits: number };
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, { readonly CapacityUnits: number }>>;
}

/** @param asked `ReturnConsumedCapacity` of the request. */
export function capacityReport(
  tableName: string,
  { table, indexes }: Units,
  asked: unknown,
  transaction?: 'ReadCapacityUnits' | 'WriteCapacityUnits',
): ConsumedCapacity | undefined {
  if (asked !== 'TOTAL' && asked !== 'INDEXES') return undefined;
  const ofIndexes = Object.entries(indexes);
  const total = ofIndexes.reduce((sum, [, units]) => sum + units, table);
  return {
    TableName: tableName,
    CapacityUnits: total,
    ...(transaction ? { [transaction]: total } : {}),
    ...(asked === 'INDEXES'
      ? {
          Table: { CapacityUnits: table },
          ...(ofIndexes.length > 0
            ? {
                GlobalSecondaryIndexes: Object.fromEntries(
                  ofIndexes.map(([name, units]) => [name, { CapacityUnits: units }]),
                ),
              }
            : {}),
        }
      : {}),
  };
}
