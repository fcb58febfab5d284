import { defineKeys } from '../define-keys.ts';

/** Keys of guilds. Each member has one row, by which it is in one guild only; the guild's row counts them. */
export const guildKeys = defineKeys('guild', {
  guild: {
    pk: 'GLD#{guildId}',
    sk: 'GUILD',
    gsi1: { pk: 'GLDDUE#{shard}', sk: '{dueAt}~{guildId}' },
    access: [
      'get by id',
      'change if it is unchanged: with every change of its members',
      'charters of a shard whose time is over, earliest first (gsi1, sparse)',
    ],
  },
  name: {
    pk: 'GLDNAME#{realmId}~{skeleton}',
    sk: 'NAME',
    access: ['put if absent: a name is one guild’s of its realm', 'delete if it is of this guild'],
  },
  member: {
    pk: 'GLDMEMBER#{characterId}',
    sk: 'MEMBER',
    gsi1: { pk: 'GLDROSTER#{guildId}', sk: '{characterId}' },
    access: [
      'get the guild of a character, and its rank in it',
      'put if absent: a character is in one guild',
      'change or delete if it is of this guild',
      'members of a guild by id of character (gsi1)',
    ],
  },
  invites: {
    pk: 'GLDINVITES#{characterId}',
    sk: 'INVITES',
    access: ['get what a character is invited to', 'change if it is unchanged'],
  },
});
