import { defineKeys } from '../define-keys.ts';

/** Keys of item instances and of the bags that say which slots are taken. */
export const inventoryKeys = defineKeys('inventory', {
  item: {
    pk: 'ITEM#{itemId}',
    sk: 'ITEM',
    gsi1: { pk: 'HELD#{holder}', sk: '{container}~{slot}~{itemId}' },
    access: [
      'get by id',
      'put if absent: an item is minted once',
      "list a holder's items by container and slot (gsi1)",
    ],
  },
  bag: {
    pk: 'BAG#{characterId}',
    sk: 'BAG',
    access: ["get a character's taken slots", 'take slots if the bag is unchanged'],
  },
});
