import { admits, privacyOf } from '#functions/account/public.ts';
import { presencesOf } from '#functions/session/public.ts';
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
  const friendIds = sides.map(({ otherId }) => otherId);
  const [presences, privacies] = await Promise.all([
    presencesOf(friendIds, nowMs),
    privacyOf(friendIds, { consistent: false }),
  ]);
  return {
    friends: sides.map(({ otherId, name, sinceMs }, index) => {
      const { accountId: _same, ...presence } = presences[index]!;
      const isShown = admits(privacies[index]!.presence, true);
      return {
        accountId: otherId,
        name,
        since: toIso(sinceMs),
        presence: isShown ? presence : { status: 'offline' as const },
      };
    }),
    nextCursor: encodeCursor(lastKey),
  };
});
