import type { AccountId, CharacterId, DropId, ItemId, MailId, Slug } from '#shared/kernel/ids.ts';
import type { Holder } from './holders.ts';
import type { TradeWindow } from './item.ts';

/** A character's containers that items are given out of and put into; equipment is only put on and taken off. */
export type Storage = 'bag' | 'bank';

interface ToCharacter {
  readonly to: 'character';
  readonly characterId: CharacterId;
  /** `bag` unless said. */
  readonly container?: Storage;
}

/** Where items go. */
export type Destination =
  /** Items that have no room are refused, and with them all others. */
  | (ToCharacter & { readonly overflow: 'refuse' })
  /** They follow by mail, which names the player to be told. */
  | (ToCharacter & { readonly overflow: 'mail'; readonly accountId: AccountId })
  | { readonly to: 'mail'; readonly mailId: MailId }
  | { readonly to: 'sink'; readonly reason: string }
  | { readonly to: 'buyback'; readonly characterId: CharacterId }
  | { readonly to: 'drop'; readonly dropId: DropId };

/**
 * Whether a bound item may leave its character. `refuse`: only within its trade window; `own-account`: one that is
 * bound to the account may, because both characters are one player's; `any`: what destroys or sells it does not mind.
 */
export type BoundRule = 'refuse' | 'own-account' | 'any';

/** An item, or a part of a stack, that goes from a holder to a destination. */
export interface MoveLeg {
  readonly kind: 'move';
  readonly itemId: ItemId;
  /** The version that was offered; unset: whatever it is now. */
  readonly ver?: number | undefined;
  /** How many of the stack; unset: all of it. Less than the stack splits it. */
  readonly count?: number | undefined;
  readonly from: Holder;
  /** Where a giving character has it; `bag` unless said. */
  readonly container?: Storage;
  /** `refuse` unless said. */
  readonly bound?: BoundRule;
  /** Refuses what is gone after a time: it may not outlast the way that it is to go. */
  readonly mustLast?: true;
  readonly destination: Destination;
}

/** New items. */
export interface MintLeg {
  readonly kind: 'mint';
  readonly templateId: Slug;
  readonly count: number;
  /** What makes them, such as `loot`; with `source` it is the root of their custody. */
  readonly origin: string;
  /** Names the one occasion that makes them. In one transaction with nothing but items the ids derive from it. */
  readonly source: readonly (string | number)[];
  readonly tradeWindow?: TradeWindow | undefined;
  readonly destination: Destination;
}

export type ItemLeg = MoveLeg | MintLeg;

/** Why and when items move: what their custody postings tell. */
export interface MoveCause {
  /** Stable code such as `trade` or `loot`. */
  readonly reason: string;
  /** Id of what moved them: an operation or a value transaction. */
  readonly cause: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
}
