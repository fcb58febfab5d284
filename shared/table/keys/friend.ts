import { defineKeys } from '../define-keys.ts';

/** Keys of the social graph: one row per side of a relation, so that each player's list is one partition. */
export const friendKeys = defineKeys('friend', {
  relation: {
    pk: 'FRD#{accountId}',
    sk: 'REL#{otherId}',
    access: [
      'get what an account is to another',
      "list an account's friends or requests; the caps bound the partition",
    ],
  },
  tally: {
    pk: 'FRD#{accountId}',
    sk: 'TALLY',
    access: ['take or free a place among friends and open requests'],
  },
  block: {
    pk: 'FRD#{accountId}',
    sk: 'BLOCK#{otherId}',
    access: ['has an account blocked another', "list an account's blocks; the cap bounds the partition"],
  },
  blockTally: {
    pk: 'FRD#{accountId}',
    sk: 'BLOCKS',
    access: ['take or free a place among the blocks'],
  },
});
