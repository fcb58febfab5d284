import { defineKeys } from '../define-keys.ts';

/** Keys of item instances, of their custody chains, and of the containers that say which slots are taken. */
export const inventoryKeys = defineKeys('inventory', {
  item: {
    pk: 'ITEM#{itemId}',
    sk: 'ITEM',
    gsi1: { pk: 'HELD#{holder}', sk: '{place}~{itemId}' },
    access: [
      'get by id, or many',
      'put if absent: an item is minted once',
      'change if its version and holder are unchanged',
      "list a holder's items, a character's by container and slot (gsi1, sparse: not of escrow and sinks)",
    ],
  },
  posting: {
    pk: 'ITEM#{itemId}',
    sk: 'POST#{ver}',
    gsi1: { pk: 'GAVE#{giver}', sk: '{at}~{itemId}~{ver}' },
    gsi2: { pk: 'GOT#{receiver}', sk: '{at}~{itemId}~{ver}' },
    access: [
      'put if absent: one posting for each version of an item',
      "list an item's custody chain, oldest first",
      'list what a character gave, by time (gsi1, sparse)',
      'list what a character got, by time (gsi2, sparse)',
    ],
  },
  bag: {
    pk: 'BAG#{characterId}',
    sk: 'CONTAINER#{container}',
    access: [
      "get the taken slots of a character's containers",
      'take and free slots if the container is unchanged',
      'free slots that a settlement had reserved, unconditionally',
    ],
  },
});
