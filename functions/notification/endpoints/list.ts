import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { notificationKeys } from '#shared/table/keys/notification.ts';
import { present } from '../add.ts';
import { list } from '../contract.ts';
import { getBox, listNotifications } from '../store.ts';
import { unreadOf } from '../unread.ts';

export const handler = endpointHandler(list, async ({ input, actor, nowMs }) => {
  const { limit, cursor } = input.query;
  const after = decodeCursor(cursor, notificationKeys.notification.sortPrefix);
  const [box, page] = await Promise.all([
    getBox(actor.accountId),
    listNotifications(actor.accountId, { nowMs, limit, after }),
  ]);
  return {
    notifications: page.notices.map((stored) => ({
      ...present(stored),
      position: stored.position,
      read: stored.position <= box.readUpTo,
    })),
    ...(await unreadOf(actor.accountId, box, nowMs)),
    readUpTo: box.readUpTo,
    ...(box.readAtMs === undefined ? {} : { readAt: toIso(box.readAtMs) }),
    nextCursor: encodeCursor(page.lastKey),
  };
});
