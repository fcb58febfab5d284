import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { viewHistory } from '../contract.ts';
import { listReports } from '../store.ts';
import { logWrite } from '../store-log.ts';
import { reportViewOf } from '../view.ts';

/** Sort keys begin with the instant; every one of this millennium with a 2. */
const SORT_PREFIX = '2';

export const handler = endpointHandler(viewHistory, async ({ input, actor, nowMs, operation, commit, fail }) => {
  const { limit, cursor } = input.query;
  const after = decodeCursor(cursor, SORT_PREFIX);
  const { entries, lastKey } = await listReports(input.params.characterId, { limit, after });
  const [newest] = entries;
  if (!newest) throw fail('anticheat.not_found');
  const { accountId } = newest;
  const seen = { accountId, operationId: operation.id, atMs: nowMs, staffId: actor.accountId } as const;
  return commit(
    { writes: [logWrite({ ...seen, action: 'look-history' })] },
    { reports: entries.map(reportViewOf), nextCursor: encodeCursor(lastKey) },
  );
});
