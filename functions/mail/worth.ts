import { vendorWorth } from '#content/items.ts';
import { itemsById } from '#functions/inventory/public.ts';
import type { CharacterId, ItemId } from '#shared/kernel/ids.ts';

/** What a mail takes along, and how it was looked at. */
export interface Valued {
  /** Minor units of the mail currency. */
  readonly worth: bigint;
  /** The version of each stack that goes as a whole: another one may hold more, and is another mail. */
  readonly versions: ReadonlyMap<ItemId, number>;
}

/**
 * What a character's mail takes along: its money, and what a vendor would pay for its items. What is not the character's
 * counts for nothing: that it is there at all must not show.
 */
export async function valued(cargo: {
  readonly from: CharacterId;
  readonly items: readonly { readonly itemId: ItemId; readonly count?: number | undefined }[];
  readonly money: bigint;
}): Promise<Valued> {
  const { from, items, money } = cargo;
  const known = items.length === 0 ? new Map() : await itemsById(items.map(({ itemId }) => itemId));
  const versions = new Map<ItemId, number>();
  const things = items.flatMap(({ itemId, count }) => {
    const item = known.get(itemId);
    if (item?.holder !== from) return [];
    if (count === undefined) versions.set(itemId, item.ver);
    return [{ templateId: item.templateId, count: count ?? item.count }];
  });
  return { worth: money + vendorWorth(things), versions };
}
