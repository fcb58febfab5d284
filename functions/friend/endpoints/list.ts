import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { friendKeys } from '#shared/table/keys/friend.ts';
import { list } from '../contract.ts';
import { listRelations } from '../store.ts';

export const handler = endpointHandler(list, async ({ input, actor, nowMs }) => {
  const { limit, cursor } = input.query;
  const after = decodeCursor(cursor, friendKeys.relation.sortPrefix);
  const { sides, lastKey } = await listRelations(actor.accountId, 'friend', { nowMs, limit, after });
  return {
    friends: sides.map((side) => ({ accountId: side.otherId, name: side.name, since: toIso(side.sinceMs) })),
    nextCursor: encodeCursor(lastKey),
  };
});
