import { toIso } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { present } from './add.ts';
import { notificationLimits } from './rules.ts';
import { getBox, listNotifications } from './store.ts';

/** Everything that is held here about an account, for its owner. */
export async function exportOf(accountId: AccountId, nowMs: number): Promise<Readonly<Record<string, unknown>>> {
  const [box, { notices }] = await Promise.all([
    getBox(accountId),
    listNotifications(accountId, { nowMs, limit: notificationLimits.stored, after: undefined }),
  ]);
  return {
    preferences: box.preferences,
    readUpTo: box.readUpTo,
    ...(box.readAtMs === undefined ? {} : { readAt: toIso(box.readAtMs) }),
    notifications: notices.map((stored) => ({ ...present(stored), position: stored.position })),
  };
}
