import { DAY_MS } from '#shared/kernel/clock.ts';
import type { AccountId, NotificationId } from '#shared/kernel/ids.ts';
import type { NoticeCode, NoticeParams } from './templates.ts';
import type { refKinds } from './topics.ts';

export const notificationLimits = {
  /** Stored per account; the oldest gives way. */
  stored: 200,
  lifeMs: 30 * DAY_MS,
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
}

/** A notice in its player's list. */
export interface StoredNotice extends Notice {
  readonly id: NotificationId;
  readonly position: number;
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
}

/** The notice with its place in the list, and the positions that give way to it. */
export function place(
  notice: Notice,
  facts: { id: NotificationId; box: Box; replaced: number | undefined; nowMs: number },
): { stored: StoredNotice; leaving: readonly number[] } {
  const position = facts.box.last + 1;
  const oldest = position - notificationLimits.stored + 1;
  const leaving = new Set<number>();
  if (oldest > 1) leaving.add(oldest - 1);
  // Below the oldest place everything has left already.
  if (facts.replaced !== undefined && facts.replaced >= oldest) leaving.add(facts.replaced);
  const stored: StoredNotice = {
    ...notice,
    id: facts.id,
    position,
    createdAtMs: facts.nowMs,
    expiresAtMs: facts.nowMs + notificationLimits.lifeMs,
  };
  return { stored, leaving: [...leaving] };
}

/** Where the read marker goes: never back, and never ahead of what the player can have seen. */
export function advanceMarker(box: Box, upTo: number): number {
  return Math.max(box.readUpTo, Math.min(upTo, box.last));
}
