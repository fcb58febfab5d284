import type { AccountId, CharacterId, DropId, ItemId, MailId, Slug } from '#shared/kernel/ids.ts';
import type { Holder } from './holders.ts';
import type { Loss, TradeWindow } from './item.ts';
import type { Container } from './rules.ts';

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
  /** Worn at once: of new items alone, for a new character. */
  | { readonly to: 'equipment'; readonly characterId: CharacterId }
  | { readonly to: 'mail'; readonly mailId: MailId }
  | {
      readonly to: 'sink';
      readonly reason: string;
      /** Whose loss it is: things of worth may be had back for a while, for what was paid for them. */
      readonly lostBy?: Pick<Loss, 'characterId' | 'price'>;
    }
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
  /** Where a giving character has it; `bag` unless said. What is worn goes to sinks alone, by one transaction. */
  readonly container?: Container;
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
  /** When they expire; unset: as their template says, or never. */
  readonly expiresAtMs?: number | undefined;
  /** Uses of each; unset: as their template says. */
  readonly charges?: number | undefined;
  readonly destination: Destination;
}

/** An item that stays where it is and comes out changed, such as a repaired one: whatever holds it meanwhile. */
export interface KeepLeg {
  readonly kind: 'keep';
  readonly itemId: ItemId;
  readonly ver?: number | undefined;
  readonly from: CharacterId;
  readonly change: { readonly durability: number };
}

export type ItemLeg = MoveLeg | MintLeg | KeepLeg;

/** Why and when items move: what their custody postings tell. */
export interface MoveCause {
  /** Stable code such as `trade` or `loot`. */
  readonly reason: string;
  /** Id of what moved them: an operation or a value transaction. */
  readonly cause: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
}
