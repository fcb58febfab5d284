import * as z from 'zod';
import { InvalidRequestError } from './problem.ts';

/** Largest page that any list gives. */
export const MAX_PAGE = 100;

/** Query parameters of every list. */
export const pageQuery = z.strictObject({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_PAGE)
    .default(25)
    .meta({ description: 'Most entries to return', examples: [25] }),
  cursor: z.string().min(1).max(512).optional().meta({ description: 'The `nextCursor` of the page before; opaque' }),
});

/** Present in a list's reply while there is more. */
export const nextCursor = z.string().optional().meta({ description: 'Send it back as `cursor` for the next page' });

/**
 * Makes the opaque cursor from the sort key where the page ended. Only the sort key travels: the partition comes from
 * the caller's identity, so a forged cursor reaches nobody else's data.
 */
export function encodeCursor(sortKey: string | undefined): string | undefined {
  return sortKey === undefined ? undefined : Buffer.from(sortKey).toString('base64url');
}

/**
 * The sort key of a cursor.
 * @throws InvalidRequestError when it is not one of ours: wrong alphabet, or another list's prefix.
 */
export function decodeCursor(cursor: string | undefined, sortPrefix: string): string | undefined {
  if (cursor === undefined) return undefined;
  const sortKey = Buffer.from(cursor, 'base64url').toString('utf8');
  const genuine = encodeCursor(sortKey) === cursor && sortKey.startsWith(sortPrefix) && /^[\x20-\x7e]+$/.test(sortKey);
  if (!genuine) throw new InvalidRequestError([{ path: 'query.cursor', message: 'is not a cursor of this list' }]);
  return sortKey;
}
