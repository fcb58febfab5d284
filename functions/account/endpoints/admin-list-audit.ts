import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { adminListAudit } from '../admin-contract.ts';
import { readAct } from '../staff.ts';
import { listAudit } from '../store-audit.ts';
import { auditViewOf } from '../view.ts';

/** Sort keys begin with the instant; every one of this millennium with a 2. */
const SORT_PREFIX = '2';

export const handler = endpointHandler(adminListAudit, async ({ input, actor, nowMs }) => {
  const { limit, cursor } = input.query;
  const { accountId } = input.params;
  const after = decodeCursor(cursor, SORT_PREFIX);
  await readAct(actor.accountId, accountId, 'moderator', nowMs);
  const { entries, lastKey } = await listAudit(accountId, { limit, after });
  return { entries: entries.map(auditViewOf), nextCursor: encodeCursor(lastKey) };
});
