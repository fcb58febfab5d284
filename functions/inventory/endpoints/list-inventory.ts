import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { listInventory } from '../contract.ts';
import { isHeld } from '../item.ts';
import { BAG_SLOTS } from '../rules.ts';
import { listItems } from '../store.ts';
import { readBag } from '../store-bags.ts';
import { viewOf } from '../view.ts';

export const handler = endpointHandler(listInventory, async ({ input, actor }) => {
  const { limit, cursor } = input.query;
  const [page, bag] = await Promise.all([
    listItems(actor.characterId, { limit, container: 'bag', after: decodeCursor(cursor, 'bag~') }),
    readBag(actor.characterId, 'bag'),
  ]);
  return {
    items: page.items.filter(isHeld).map(viewOf),
    bag: { slots: BAG_SLOTS, used: bag.taken.size },
    nextCursor: encodeCursor(page.lastSortKey),
  };
});
