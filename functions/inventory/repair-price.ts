import type { Quality } from '#content/quality.ts';
import type { ItemTemplate } from './rules.ts';

/** What repairs cost, in thousandths of an item's value for its whole durability, by quality. */
const fullRepairPermille: Readonly<Record<Quality, bigint>> = {
  common: 200n,
  uncommon: 300n,
  rare: 450n,
  epic: 650n,
  legendary: 900n,
};

/** Repairs are paid in this, to nobody. */
export const REPAIR_CURRENCY = 'eddies';
export const REPAIR_SINK = 'system.sink.repair';

/** Price of one item's repair in minor units: rounded up, and never nothing. */
export function repairPrice(
  template: Pick<ItemTemplate, 'quality' | 'vendorValue' | 'durability'>,
  lost: number,
): bigint {
  const dividend = BigInt(template.vendorValue) * fullRepairPermille[template.quality] * BigInt(lost);
  const divisor = 1_000n * BigInt(template.durability);
  const price = (dividend + divisor - 1n) / divisor;
  return price > 0n ? price : 1n;
}
