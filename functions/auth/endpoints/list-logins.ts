import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { authKeys } from '#shared/table/keys/auth.ts';
import { listLogins } from '../contract.ts';
import { listAttempts } from '../store-logins.ts';

export const handler = endpointHandler(listLogins, async ({ input, actor, nowMs }) => {
  const { limit, cursor } = input.query;
  const after = decodeCursor(cursor, authKeys.login.sortPrefix);
  const { attempts, lastKey } = await listAttempts(actor.accountId, { nowMs, limit, after });
  return {
    logins: attempts.map(({ atMs, ...attempt }) => ({ at: toIso(atMs), ...attempt })),
    nextCursor: encodeCursor(lastKey),
  };
});
