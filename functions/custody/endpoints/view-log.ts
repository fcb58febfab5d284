import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { viewLog } from '../contract-look.ts';
import { listLog } from '../store-log.ts';

/** Sort keys begin with the instant; every one of this millennium with a 2. */
const SORT_PREFIX = '2';

export const handler = endpointHandler(viewLog, async ({ input, fail }) => {
  const { limit, cursor } = input.query;
  const { entries, lastKey } = await listLog(input.params.subject, { limit, after: decodeCursor(cursor, SORT_PREFIX) });
  if (entries.length === 0 && cursor === undefined) throw fail('custody.not_found');
  return {
    entries: entries.map(({ operationId, atMs, staffId, action, reason }) => ({
      ...{ operationId, at: toIso(atMs), staffId, action },
      ...(reason ? { reason } : {}),
    })),
    nextCursor: encodeCursor(lastKey),
  };
});
