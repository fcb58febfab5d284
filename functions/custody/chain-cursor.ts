import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { InvalidRequestError } from '#shared/runtime/problem.ts';

/** The cursor of an item's chain: the version where the page ended. */
export function encodeVersion(version: number): string | undefined {
  return encodeCursor(`v${version}`);
}

/** @throws InvalidRequestError when it is none of ours. */
export function decodeVersion(cursor: string | undefined): number | undefined {
  const text = decodeCursor(cursor, 'v');
  if (text === undefined) return undefined;
  if (/^v\d{1,15}$/.test(text)) return Number(text.slice(1));
  throw new InvalidRequestError([{ path: 'query.cursor', message: 'is not a cursor of this list' }]);
}
