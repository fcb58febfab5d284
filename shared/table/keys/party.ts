import { defineKeys } from '../define-keys.ts';

/** Keys of parties. Who is in one is told twice: by the party's row, and by one row of each member, which lets it be in one only. */
export const partyKeys = defineKeys('party', {
  party: {
    pk: 'PTY#{partyId}',
    sk: 'PARTY',
    gsi1: { pk: 'PTYDUE#{shard}', sk: '{dueAt}~{partyId}' },
    access: [
      'get by id',
      'change if it is unchanged: members, leader and loot settings',
      'parties of a shard whose leader or all of whose members are away, earliest due first (gsi1, sparse)',
    ],
  },
  loot: {
    pk: 'PTY#{partyId}',
    sk: 'LOOT',
    access: [
      'get whose turn it is, and set it if it is unchanged',
      'note a roll that begins or ends',
      'condition: no roll is open',
    ],
  },
  readyCheck: {
    pk: 'PTY#{partyId}',
    sk: 'READY',
    access: ['get the last ready check', 'begin one unless one is under way', 'answer once'],
  },
  member: {
    pk: 'PTYMEMBER#{characterId}',
    sk: 'MEMBER',
    access: [
      'get the party of a character',
      'put if absent: a character is in one party',
      'delete if it is of this party',
    ],
  },
  invites: {
    pk: 'PTYINVITES#{characterId}',
    sk: 'INVITES',
    access: ['get what a character is invited to', 'change if it is unchanged'],
  },
});
