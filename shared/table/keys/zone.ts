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
  places: {
    pk: 'ZONE#{zoneId}',
    sk: 'PLACES',
    access: ['put by the owner of the epoch that it names', 'seal and read with the next epoch, after a claim'],
  },
  unit: {
    pk: 'ZONEUNITS#{part}',
    sk: 'UNIT#{unitId}',
    access: ['list all that are wanted beside the first layers: shards claim them', 'put once, delete when retired'],
  },
  instance: {
    pk: 'INSTANCE#{instanceId}',
    sk: 'INSTANCE',
    access: ['get by id', 'end once'],
  },
  groupInstance: {
    pk: 'INSTANCEOF#{holderId}',
    sk: 'IN#{zoneId}#{difficulty}',
    access: ['get the one that a group shares; a new one only in place of the one that was seen'],
  },
  instanceQuota: {
    pk: 'INSTANCES#{accountId}',
    sk: 'QUOTA',
    access: ['get those an account has come into of late; changes by version'],
  },
  lock: {
    pk: 'LOCKS#{characterId}',
    sk: 'LOCK#{zoneId}#{difficulty}',
    access: [
      'get which bosses of an instance a character has done in the present period',
      'put with each kill of one that it had a part in; changes by version',
    ],
  },
  travel: {
    pk: 'PRESENCE#{characterId}',
    sk: 'TRAVEL',
    access: ['get when a character may teleport or change its layer again; changes by version'],
  },
  boss: {
    pk: 'ZONE#{zoneId}',
    sk: 'BOSS#{spawnId}',
    access: [
      "list a unit's bosses after a claim: which are dead, and until when",
      'put with each spawn and each death',
    ],
  },
  presence: {
    pk: 'PRESENCE#{characterId}',
    sk: 'PRESENCE',
    access: [
      'get where a character is',
      'condition: the character is in this zone',
      'get many: who of a party is where',
    ],
  },
});
