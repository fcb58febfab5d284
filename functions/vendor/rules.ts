import { classes } from '#content/classes.ts';
import type { items } from '#content/items.ts';
import type { ItemKind } from '#content/schema/item.ts';
import type { Vendor } from '#content/schema/vendor.ts';
import { GameError } from '#shared/contract/errors.ts';
import { SECOND_MS } from '#shared/kernel/clock.ts';

/** Where the money for what vendors buy comes from, and where the money for what they sell goes. */
export const VENDOR_FAUCET = 'system.faucet.vendor';
export const VENDOR_SINK = 'system.sink.vendor';

/** Days of scarce goods turn with this clock. */
export const STOCK_TIME_ZONE = 'Europe/Berlin';

export const vendorLimits = {
  /** What a character has sold last can be bought back; older things are gone. */
  buyBacks: 12,
  /** Most items that are sold at once. */
  junkPerSale: 20,
} as const;

/** How far from a vendor, beyond where it stands, one can deal with it, in metres. */
export const VENDOR_REACH_M = 10;

/** Metres a second that nobody exceeds; with what zones forgive. */
const FASTEST_MPS = 1.1 * Math.max(...classes.all.map(({ speedMps }) => speedMps));

/**
 * Whether somebody may be with a vendor who was at a place `agoMs` ago: near it, or no farther away than they can have
 * run since. Nobody who is there is refused; who was seen a moment ago is known to the metre.
 */
export function isInReach(
  place: { readonly x: number; readonly y: number },
  agoMs: number,
  at: { readonly x: number; readonly y: number; readonly radiusM: number },
): boolean {
  const awayM = Math.hypot(place.x - at.x, place.y - at.y);
  return awayM <= at.radiusM + VENDOR_REACH_M + (FASTEST_MPS * agoMs) / SECOND_MS;
}

/** What may be sold as junk: common things of these kinds, as the player says. */
export const junkKinds = [
  'material',
  'consumable',
  'weapon',
  'armour',
  'implant',
] as const satisfies readonly ItemKind[];
export type JunkKind = (typeof junkKinds)[number];

type ItemTemplate = (typeof items.all)[number];
type Stock = Vendor['stock'][number];

/** What an instance's price depends on. */
export interface Sellable {
  readonly count: number;
  readonly bind: 'none' | 'character' | 'account' | 'quest';
}

/** What a vendor pays for an instance, whole; undefined: none buys it. */
export function saleValue(template: Pick<ItemTemplate, 'kind' | 'vendorValue'>, item: Sellable): bigint | undefined {
  if (template.kind === 'quest' || item.bind === 'quest' || template.vendorValue === 0) return undefined;
  return BigInt(template.vendorValue) * BigInt(item.count);
}

/** Whether an instance goes with the junk. */
export function isJunk(
  template: Pick<ItemTemplate, 'kind' | 'quality' | 'vendorValue'>,
  item: Sellable,
  kinds: readonly JunkKind[],
): boolean {
  const isWanted = kinds.some((kind) => kind === template.kind);
  return isWanted && template.quality === 'common' && saleValue(template, item) !== undefined;
}

/** A wish to buy, and who wishes it. */
export interface PurchaseWish {
  readonly count: number;
  /** Price of one that the player has seen, in minor units. */
  readonly unitPrice: bigint;
  readonly level: number;
  readonly classId: string;
}

/**
 * What a purchase costs.
 * @throws GameError `vendor.price_changed`, `vendor.level_too_low`, `vendor.class_not_served`, `vendor.too_many`
 */
export function purchasePrice(
  stock: Pick<Stock, 'price' | 'requiredLevel'>,
  template: Pick<ItemTemplate, 'maxStack' | 'classes'>,
  wish: PurchaseWish,
): bigint {
  const { price, requiredLevel } = stock;
  if (wish.unitPrice !== BigInt(price)) throw new GameError('vendor.price_changed', { unitPrice: String(price) });
  if (wish.level < requiredLevel) throw new GameError('vendor.level_too_low', { requiredLevel });
  const { classes, maxStack } = template;
  if (classes.length > 0 && !classes.some((id) => id === wish.classId)) throw new GameError('vendor.class_not_served');
  if (wish.count > maxStack) throw new GameError('vendor.too_many', { maxCount: maxStack });
  return BigInt(price) * BigInt(wish.count);
}
