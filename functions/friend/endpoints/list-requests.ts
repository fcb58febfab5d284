import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { friendKeys } from '#shared/table/keys/friend.ts';
import { listRequests } from '../contract.ts';
import { friendLimits } from '../rules.ts';
import { listRelations } from '../store.ts';

export const handler = endpointHandler(listRequests, async ({ input, actor, nowMs }) => {
  const { limit, cursor, direction } = input.query;
  const after = decodeCursor(cursor, friendKeys.relation.sortPrefix);
  const { sides, lastKey } = await listRelations(actor.accountId, direction, { nowMs, limit, after });
  return {
    requests: sides.map((side) => ({
      accountId: side.otherId,
      name: side.name,
      sentAt: toIso(side.sinceMs),
      expiresAt: toIso(side.expiresAtMs ?? side.sinceMs + friendLimits.requestLifeMs),
    })),
    nextCursor: encodeCursor(lastKey),
  };
});
