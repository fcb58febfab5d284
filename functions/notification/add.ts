import { type Changes, push } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import { deliveryOf } from './preferences.ts';
import { type Notice, notificationLimits, place, type StoredNotice } from './rules.ts';
import { addWrites, getBoxAndReplaced } from './store.ts';
import { templates, textOf } from './templates.ts';
import { type Notification, notificationsTopic } from './topics.ts';

/** A notification as clients see it. */
export function present(stored: Omit<StoredNotice, 'position'>): Notification {
  const { id, code, params, ref, times } = stored;
  return {
    id,
    code,
    category: templates[code].category,
    text: stored.text ?? textOf(code, params),
    params: { ...params },
    ...(ref ? { ref: { ...ref } } : {}),
    times,
    createdAt: toIso(stored.createdAtMs),
    expiresAt: toIso(stored.expiresAtMs),
  };
}

/**
 * Stores a notice in the player's list and pushes it, in one commit, as far as their preferences let it through. A commit
 * that loses a race for the next position fails with `request.conflict`: decide again.
 */
export async function addNotice(notice: Notice, nowMs: number): Promise<Changes> {
  const { accountId, code, dedupeKey, once, transient } = notice;
  const { box, replaced } = await getBoxAndReplaced(accountId, dedupeKey);
  const delivery = deliveryOf(templates[code].category, box.preferences, nowMs);
  if (delivery === 'off' || (once && replaced)) return {};
  const tell = (notification: Notification) =>
    delivery === 'push' ? { pushes: [push(notificationsTopic, { accountId }, notification)] } : {};
  const id = createId('ntf');
  if (transient) {
    const expiresAtMs = Math.min(notice.expiresAtMs ?? Infinity, nowMs + notificationLimits.transientMs);
    return tell(present({ ...notice, id, times: 1, createdAtMs: nowMs, expiresAtMs }));
  }
  const { stored, leaving } = place(notice, { id, box, replaced, nowMs });
  return {
    writes: addWrites(stored, box, leaving),
    ...tell({ ...present(stored), position: stored.position }),
  };
}
