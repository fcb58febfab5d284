import { defineKeys } from '../define-keys.ts';

/** Keys of item instances, of their custody chains, and of the containers that say which slots are taken. */
export const inventoryKeys = defineKeys('inventory', {
  item: {
    pk: 'ITEM#{itemId}',
    sk: 'ITEM',
    gsi1: { pk: 'HELD#{holder}', sk: '{place}~{itemId}' },
    gsi2: { pk: 'ITEMDUE#{shard}', sk: '{expiresAt}~{itemId}' },
    gsi3: { pk: 'LOST#{loser}', sk: '{until}~{itemId}' },
    access: [
      'get by id, or many',
      'put if absent: an item is minted once',
      'change if its version and holder are unchanged',
      "list a holder's items, a character's by container and slot (gsi1, sparse: not of escrow and sinks)",
      'items of a shard whose time is over, earliest first (gsi2, sparse: of what lasts not for ever)',
      'what a character has lost and may have back, earliest end first (gsi3, sparse)',
    ],
  },
  chainPage: {
    pk: 'ITEM#{itemId}',
    sk: 'POST#{ver}',
    access: [
      "put if absent: links of an item's custody chain that its own row has no more room for",
      "list an item's custody chain, oldest first; its last links stand in the item's own row",
    ],
  },
  handOver: {
    pk: 'HANDS#{characterId}',
    sk: 'HAND#{at}~{itemId}~{ver}',
    access: [
      'put if absent: what a character gave and got in one transaction',
      'list what a character gave or got, newest first',
    ],
  },
  cooldown: {
    pk: 'BAG#{characterId}',
    sk: 'USED#{templateId}',
    access: ['get when a kind of thing may be used again', 'start a cool-down unless one runs'],
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
