import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { countUnread } from '../contract.ts';
import { getBox } from '../store.ts';
import { unreadOf } from '../unread.ts';

export const handler = endpointHandler(countUnread, async ({ actor, nowMs }) => {
  const box = await getBox(actor.accountId);
  return { ...(await unreadOf(actor.accountId, box, nowMs)), readUpTo: box.readUpTo };
});
