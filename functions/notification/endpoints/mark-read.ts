import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { markRead } from '../contract.ts';
import { advanceMarker } from '../rules.ts';
import { getBox, moveMarker } from '../store.ts';
import { unreadOf } from '../unread.ts';

export const handler = endpointHandler(markRead, ({ input, actor, nowMs, commit }) =>
  withConflictRetry(async () => {
    const box = await getBox(actor.accountId);
    const readUpTo = advanceMarker(box, input.body.upTo);
    const reply = { ...(await unreadOf(actor.accountId, { ...box, readUpTo }, nowMs)), readUpTo };
    if (readUpTo === box.readUpTo) return reply;
    return commit({ writes: [moveMarker(actor.accountId, readUpTo, nowMs)] }, reply);
  }),
);
