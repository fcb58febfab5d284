import { defineKeys } from '../define-keys.ts';

/** Keys of zones: who owns one, what its owner is ordered to do, and who is in it. */
export const zoneKeys = defineKeys('zone', {
  lease: {
    pk: 'ZONE#{zoneId}',
    sk: 'LEASE',
    access: [
      'claim if free, renew or release if owned',
      "condition of the owner's writes: its epoch is the current one",
      'get many by zone: addresses and populations',
    ],
  },
  command: {
    pk: 'ZONE#{zoneId}',
    sk: 'CMD#{commandId}',
    access: ["list a zone's open orders, oldest first", 'delete one that is carried out'],
  },
  boss: {
    pk: 'ZONE#{zoneId}',
    sk: 'BOSS#{spawnId}',
    access: [
      "list a zone's bosses after a claim: which are dead, and until when",
      'put with each spawn and each death',
    ],
  },
  presence: {
    pk: 'PRESENCE#{characterId}',
    sk: 'PRESENCE',
    access: ['get where a character is', 'condition: the character is in this zone'],
  },
});
