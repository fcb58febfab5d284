import { DAY_MS } from '#shared/kernel/clock.ts';
import type { AccountId, NotificationId } from '#shared/kernel/ids.ts';
import type { Preferences } from './preferences.ts';
import type { NoticeCode, NoticeParams } from './templates.ts';
import type { refKinds } from './topics.ts';

export const notificationLimits = {
  /** Stored per account; the oldest gives way. */
  stored: 200,
  lifeMs: 30 * DAY_MS,
  /** How long a notice that is in no list is worth showing; the topic's replay may bring it that late. */
  transientMs: DAY_MS,
} as const;

export interface NoticeRef {
  readonly kind: (typeof refKinds)[number];
  readonly id: string;
}

/** Something that a player should know. */
export interface Notice {
  readonly accountId: AccountId;
  readonly code: NoticeCode;
  readonly params: NoticeParams;
  readonly ref?: NoticeRef | undefined;
  /** Of several with one key only the newest stays in the list. Not longer than 64 characters, without `#`. */
  readonly dedupeKey?: string | undefined;
  /** With a `dedupeKey`: a notice with that key, even one that has left the list, keeps this one out. */
  readonly once?: true | undefined;
  /** Only for who is online at this moment: in no list. */
  readonly transient?: true | undefined;
  /** In place of the template's text. */
  readonly text?: string | undefined;
  /** Earlier than the usual 30 days. */
  readonly expiresAtMs?: number | undefined;
}

/** A notice in its player's list. */
export interface StoredNotice extends Omit<Notice, 'once' | 'transient'> {
  readonly id: NotificationId;
  readonly position: number;
  /** How many of the same key it stands for, this one included: those that came since the player last read. */
  readonly times: number;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

/** How a player's list stands. */
export interface Box {
  /** Position of the newest notification ever; 0 before the first. */
  readonly last: number;
  /** Everything up to here was read. */
  readonly readUpTo: number;
  readonly readAtMs?: number | undefined;
  readonly preferences: Preferences;
}

/** The notice that one with the same key takes the place of. */
export interface Replaced {
  readonly position: number;
  readonly times: number;
}

/** The notice with its place in the list, and the positions that give way to it. */
export function place(
  notice: Notice,
  facts: { id: NotificationId; box: Pick<Box, 'last' | 'readUpTo'>; replaced: Replaced | undefined; nowMs: number },
): { stored: StoredNotice; leaving: readonly number[] } {
  const position = facts.box.last + 1;
  const oldest = position - notificationLimits.stored + 1;
  const leaving = new Set<number>();
  if (oldest > 1) leaving.add(oldest - 1);
  // Below the oldest place everything has left already.
  const { replaced } = facts;
  if (replaced && replaced.position >= oldest) leaving.add(replaced.position);
  const { once: _once, transient: _transient, ...lasting } = notice;
  const isUnread = replaced && replaced.position > facts.box.readUpTo;
  const stored: StoredNotice = {
    ...lasting,
    id: facts.id,
    position,
    times: isUnread ? replaced.times + 1 : 1,
    createdAtMs: facts.nowMs,
    expiresAtMs: Math.min(notice.expiresAtMs ?? Infinity, facts.nowMs + notificationLimits.lifeMs),
  };
  return { stored, leaving: [...leaving] };
}

/** Where the read marker goes: never back, and never ahead of what the player can have seen. */
export function advanceMarker(box: Pick<Box, 'last' | 'readUpTo'>, upTo: number): number {
  return Math.max(box.readUpTo, Math.min(upTo, box.last));
}
