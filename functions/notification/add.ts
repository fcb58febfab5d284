import { type Changes, push } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import { type Notice, place, type StoredNotice } from './rules.ts';
import { addWrites, getBoxAndReplaced } from './store.ts';
import { templates, textOf } from './templates.ts';
import { type Notification, notificationsTopic } from './topics.ts';

/** A notification as clients see it. */
export function present(stored: StoredNotice): Notification {
  const { id, position, code, params, ref } = stored;
  return {
    id,
    position,
    code,
    category: templates[code].category,
    text: textOf(code, params),
    params: { ...params },
    ...(ref ? { ref: { ...ref } } : {}),
    createdAt: toIso(stored.createdAtMs),
    expiresAt: toIso(stored.expiresAtMs),
  };
}

/**
 * Stores a notice in the player's list and pushes it, in one commit. A commit that loses a race for the next position
 * fails with `request.conflict`: decide again.
 */
export async function addNotice(notice: Notice, nowMs: number): Promise<Changes> {
  const { box, replaced } = await getBoxAndReplaced(notice.accountId, notice.dedupeKey);
  const { stored, leaving } = place(notice, { id: createId('ntf'), box, replaced, nowMs });
  return {
    writes: addWrites(stored, box, leaving),
    pushes: [push(notificationsTopic, { accountId: notice.accountId }, present(stored))],
  };
}
