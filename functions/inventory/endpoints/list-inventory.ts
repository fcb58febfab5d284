import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { listInventory } from '../contract.ts';
import { BAG_SLOTS } from '../rules.ts';
import { listItems, readBag } from '../store.ts';
import { viewOf } from '../view.ts';

export const handler = endpointHandler(listInventory, async ({ input, actor }) => {
  const { limit, cursor } = input.query;
  const [page, bag] = await Promise.all([
    listItems(actor.characterId, { limit, after: decodeCursor(cursor, 'bag~') }),
    readBag(actor.characterId),
  ]);
  return {
    items: page.items.map(viewOf),
    bag: { slots: BAG_SLOTS, used: bag.taken.size },
    nextCursor: encodeCursor(page.lastSortKey),
  };
});
