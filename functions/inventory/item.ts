import type { CharacterId, ItemId, Slug } from '#shared/kernel/ids.ts';
import type { Holder } from './holders.ts';
import type { StoredLink } from './link.ts';
import type { BindState, Container } from './rules.ts';

/** Where an item is; container and slot only while a character holds it. */
export interface Place {
  readonly holder: Holder;
  readonly container?: Container | undefined;
  /** From 0. */
  readonly slot?: number | undefined;
}

/** While it lasts, an item that was bound at the pick-up may still go to those who had earned it too. */
export interface TradeWindow {
  /** Epoch milliseconds. */
  readonly untilMs: number;
  readonly characterIds: readonly CharacterId[];
}

/** How an item was lost, of one that its player may have back for a while. */
export interface Loss {
  readonly characterId: CharacterId;
  /** Until then it may be restored, once. Epoch milliseconds. */
  readonly untilMs: number;
  /** What having it back costs: what was paid for it. Unset: nothing. */
  readonly price?: { readonly currency: Slug; readonly amount: string } | undefined;
}

/** One instance. `holder` is one scalar, so that an item in two places cannot be written down. */
export interface ItemInstance extends Place {
  readonly itemId: ItemId;
  readonly templateId: Slug;
  /** How many are in the stack; 0 only in a sink, after a merge into another stack. */
  readonly count: number;
  /** Rises by one with every change: the condition of the next one, and the number of its custody posting. */
  readonly ver: number;
  readonly bind: BindState;
  /** What made it, such as `loot`. */
  readonly origin: string;
  /** Which one: the drop, the quest. Custody is traced back to here. */
  readonly originRef: string;
  /** When its holder came by it. */
  readonly acquiredAtMs: number;
  /** What is left of it; unset: it does not wear. */
  readonly durability?: number | undefined;
  /** Uses that are left; unset: one use takes one of the stack. */
  readonly charges?: number | undefined;
  /** From then on it is gone; unset: it lasts. */
  readonly expiresAtMs?: number | undefined;
  readonly tradeWindow?: TradeWindow | undefined;
  /** Of an item in a sink alone. */
  readonly loss?: Loss | undefined;
  /** The last links of its custody chain, as they were read: writes add to them what they do. */
  readonly tail?: readonly StoredLink[] | undefined;
}

/** An item that a character holds. */
export type HeldItem = ItemInstance & { readonly container: Container; readonly slot: number };

/** Whether a character holds it. */
export function isHeld(item: ItemInstance): item is HeldItem {
  return item.container !== undefined && item.slot !== undefined;
}
