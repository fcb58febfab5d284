import { itemSize, type Row } from './values.ts';

const READ_UNIT_BYTES = 4_096;
const WRITE_UNIT_BYTES = 1_024;

export const capacity = (CapacityUnits: number) => ({ CapacityUnits });

/** Units of reading so many bytes at once; nothing at all costs one read, too. */
export function readUnits(bytes: number, consistent: boolean): number {
  return Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES)) * (consistent ? 1 : 0.5);
}

/** Units of one write outside a transaction, by the larger of what was there and what is to be. */
export function writeUnits(before: Row | undefined, after: Row | undefined): number {
  const bytes = Math.max(before ? itemSize(before) : 0, after ? itemSize(after) : 0);
  return Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));
}
