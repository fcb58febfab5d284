import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { markRead } from '../contract.ts';
import { advanceMarker } from '../rules.ts';
import { countAbove, getBox, moveMarker } from '../store.ts';

export const handler = endpointHandler(markRead, ({ input, actor, nowMs, commit }) =>
  withConflictRetry(async () => {
    const box = await getBox(actor.accountId);
    const readUpTo = advanceMarker(box, input.body.upTo);
    const unread = box.last > readUpTo ? await countAbove(actor.accountId, readUpTo, nowMs) : 0;
    if (readUpTo === box.readUpTo) return { unread, readUpTo };
    return commit({ writes: [moveMarker(actor.accountId, readUpTo, nowMs)] }, { unread, readUpTo });
  }),
);
