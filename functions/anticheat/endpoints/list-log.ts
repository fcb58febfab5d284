import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { listLog } from '../contract.ts';
import { listLog as logOf } from '../store-log.ts';
import { logViewOf } from '../view.ts';

/** Sort keys begin with the instant; every one of this millennium with a 2. */
const SORT_PREFIX = '2';

export const handler = endpointHandler(listLog, async ({ input, fail }) => {
  const { limit, cursor } = input.query;
  const { entries, lastKey } = await logOf(input.params.accountId, {
    limit,
    after: decodeCursor(cursor, SORT_PREFIX),
  });
  if (entries.length === 0 && cursor === undefined) throw fail('anticheat.not_found');
  return { entries: entries.map(logViewOf), nextCursor: encodeCursor(lastKey) };
});
