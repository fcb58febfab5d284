import { defineKeys } from '../define-keys.ts';

/** Keys of characters: profile, saved state, names, and the rosters and counters that bound the slots. */
export const characterKeys = defineKeys('character', {
  character: {
    pk: 'CHR#{characterId}',
    sk: 'CHARACTER',
    gsi1: { pk: 'CHRDUE#{step}~{shard}', sk: '{dueAt}~{characterId}' },
    access: [
      'get by id',
      'get many by id',
      'characters of a shard whose deletion or purge is due, earliest first (gsi1, sparse)',
    ],
  },
  state: {
    pk: 'CHR#{characterId}',
    sk: 'STATE',
    access: ['get or save where a character is and how it fares'],
  },
  tombstone: {
    pk: 'CHR#{characterId}',
    sk: 'TOMBSTONE',
    access: ['say whose a character was that is gone for good'],
  },
  audit: {
    pk: 'CHR#{characterId}',
    sk: 'AUDIT#{at}~{operationId}',
    access: ['what moderators did to a character, oldest first'],
  },
  nameClaim: {
    pk: 'CHRNAME#{realmId}~{skeleton}',
    sk: 'NAME',
    access: [
      'find a character by name',
      'take a name that is free or held for the taker: one character per name and realm',
    ],
  },
  nameBar: {
    pk: 'NAMEBAR#{accountId}',
    sk: 'BAR#{realmId}~{skeleton}',
    access: ['whether an account may not have a name again', 'list all of an account: its erasure'],
  },
  roster: {
    pk: 'ROSTER#{accountId}~{realmId}',
    sk: 'ROSTER',
    access: ["list an account's characters on a realm, and those that it can restore", 'take a slot if one is free'],
  },
  slots: {
    pk: 'ROSTER#{accountId}',
    sk: 'SLOTS',
    access: ["take one of an account's slots over all realms, if one is free"],
  },
});
