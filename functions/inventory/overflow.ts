import type { Changes } from '#shared/events/changes.ts';
import type { CharacterId, ItemId, MailId } from '#shared/kernel/ids.ts';

/** Items that found no room where they were to go, and follow by mail. They are held by the mail already. */
export interface OverflowLetter {
  readonly mailId: MailId;
  readonly to: CharacterId;
  readonly itemIds: readonly ItemId[];
  /** Why the items came: the reason of their move. */
  readonly reason: string;
  readonly atMs: number;
}

/** Most items of one letter. */
export const OVERFLOW_LETTER_ITEMS = 12;

/**
 * `write` makes the letter of an overflow: a piece of the transaction that moves the items, which never refuses. As long
 * as there is no mail there is none, and items that have no room are refused.
 */
export const overflow: { readonly write?: (letter: OverflowLetter) => Changes } = {};
