import { vendorWorth } from '#content/items.ts';
import { itemsById } from '#functions/inventory/public.ts';
import type { CharacterId, ItemId } from '#shared/kernel/ids.ts';

/**
 * What a character's mail takes along, in minor units of the mail currency: its money, and what a vendor would pay for its
 * items. What is not the character's counts for nothing: that it is there at all must not show.
 */
export async function worthOf(cargo: {
  readonly from: CharacterId;
  readonly items: readonly { readonly itemId: ItemId; readonly count?: number | undefined }[];
  readonly money: bigint;
}): Promise<bigint> {
  const { from, items, money } = cargo;
  if (items.length === 0) return money;
  const known = await itemsById(items.map(({ itemId }) => itemId));
  const things = items.flatMap(({ itemId, count }) => {
    const item = known.get(itemId);
    return item?.holder === from ? [{ templateId: item.templateId, count: count ?? item.count }] : [];
  });
  return money + vendorWorth(things);
}
