import { SOFT_CURRENCY } from '#content/currencies.ts';
import { vendorWorth } from '#content/items.ts';
import { canonicalJson, sha256 } from '#shared/kernel/canonical-json.ts';
import type { CharacterId, ItemId, Slug, TradeId } from '#shared/kernel/ids.ts';
import { formatAmount } from '#shared/kernel/money.ts';
import { tradeLimits } from './rules.ts';

/** An item as it was when it was offered. `ver` pins it: an item that has changed since is another offer. */
export interface OfferedItem {
  readonly itemId: ItemId;
  readonly ver: number;
  readonly templateId: Slug;
  readonly count: number;
  readonly durability?: number | undefined;
  readonly charges?: number | undefined;
  readonly expiresAtMs?: number | undefined;
}

export interface OfferedMoney {
  readonly currency: Slug;
  /** Minor units, at least 1. */
  readonly amount: bigint;
}

/** What one side gives: whole instances, each once, and at most one amount of each currency. */
export interface Offer {
  readonly items: readonly OfferedItem[];
  readonly money: readonly OfferedMoney[];
}

export const NOTHING: Offer = { items: [], money: [] };

export function isNothing({ items, money }: Offer): boolean {
  return items.length === 0 && money.length === 0;
}

function canonical({ items, money }: Offer): object {
  return {
    items: items.toSorted((a, b) => (a.itemId < b.itemId ? -1 : 1)),
    money: Object.fromEntries(money.map(({ currency, amount }) => [currency, formatAmount(amount)])),
  };
}

/** Whether two offers give the same, in whatever order. */
export function isSameOffer(a: Offer, b: Offer): boolean {
  return canonicalJson(canonical(a)) === canonicalJson(canonical(b));
}

/** Names what both sides give at one version, the same for both: what a player accepts is what they have seen. */
export function offerHash(
  tradeId: TradeId,
  offerVersion: number,
  sides: readonly { readonly characterId: CharacterId; readonly offer: Offer }[],
): string {
  const offers = Object.fromEntries(sides.map(({ characterId, offer }) => [characterId, canonical(offer)]));
  return sha256(canonicalJson({ tradeId, offerVersion, offers }));
}

/** What an offer is worth in minor units of the soft currency: what a vendor would pay for it, and its money. */
export function offerValue({ items, money }: Offer): bigint {
  return money.reduce(
    (sum, { currency, amount }) => (currency === SOFT_CURRENCY ? sum + amount : sum),
    vendorWorth(items),
  );
}

export const valueGaps = ['none', 'you_give_more', 'you_get_more'] as const;

/** Whether one side would give much more than it gets; a gift always is. */
export function valueGap(given: bigint, got: bigint): (typeof valueGaps)[number] {
  if (given > got * tradeLimits.valueGapRatio) return 'you_give_more';
  return got > given * tradeLimits.valueGapRatio ? 'you_get_more' : 'none';
}
