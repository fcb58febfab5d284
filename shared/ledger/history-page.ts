import type { HistoryQuery, LedgerEntry, LedgerHistory } from './ledger.ts';

/** Where a page of an owner's history ended: instant and transaction of its last line. */
export interface HistoryCursor {
  readonly atMs: number;
  readonly currency: string;
  readonly version: number;
}

/** A cursor that is none of this history's. */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
}

export function encodeHistoryCursor({ atMs, currency, version }: HistoryCursor): string {
  return Buffer.from(`${atMs}/${currency}/${version}`).toString('base64url');
}

/** @throws InvalidCursorError */
export function decodeHistoryCursor(text: string): HistoryCursor {
  const plain = Buffer.from(text, 'base64url').toString('utf8');
  const [, atMs, currency, version] = /^(\d{1,16})\/([a-z0-9-]{2,64})\/(\d{1,16})$/.exec(plain) ?? [];
  if (currency === undefined) throw new InvalidCursorError();
  const cursor = { atMs: Number(atMs), currency, version: Number(version) };
  if (encodeHistoryCursor(cursor) !== text) throw new InvalidCursorError();
  return cursor;
}

/** Whether a line is what a query asks for, its cursor aside. */
function isAskedFor(entry: LedgerEntry, query: HistoryQuery): boolean {
  const { currency, reasonPrefix, fromMs, toMs, direction } = query;
  return (
    (currency === undefined || entry.currency === currency) &&
    (reasonPrefix === undefined || entry.reason.startsWith(reasonPrefix)) &&
    (fromMs === undefined || entry.atMs >= fromMs) &&
    (toMs === undefined || entry.atMs < toMs) &&
    (direction === undefined || (direction === 'in' ? entry.amount > 0n : entry.amount < 0n))
  );
}

/** Newest first; lines of one instant by currency and version, the latest first. */
function newestFirst(a: HistoryCursor, b: HistoryCursor): number {
  return b.atMs - a.atMs || (a.currency === b.currency ? b.version - a.version : a.currency < b.currency ? -1 : 1);
}

/** A page of all of an owner's lines. */
export function pageOfHistory(lines: readonly LedgerEntry[], query: HistoryQuery): LedgerHistory {
  const after = query.cursor === undefined ? undefined : decodeHistoryCursor(query.cursor);
  const asked = lines
    .filter((line) => isAskedFor(line, query) && (!after || newestFirst(after, line) < 0))
    .sort(newestFirst);
  const entries = asked.slice(0, query.limit);
  const last = entries.at(-1);
  return { entries, ...(last && asked.length > entries.length ? { nextCursor: encodeHistoryCursor(last) } : {}) };
}
