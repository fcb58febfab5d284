import { defineKeys } from '../define-keys.ts';

/** Keys of characters: profile, saved state, name claims and the roster that bounds the slots. */
export const characterKeys = defineKeys('character', {
  character: {
    pk: 'CHR#{characterId}',
    sk: 'CHARACTER',
    access: ['get by id', 'get many by id'],
  },
  state: {
    pk: 'CHR#{characterId}',
    sk: 'STATE',
    access: ['get or save where a character is and how it fares'],
  },
  nameClaim: {
    pk: 'CHRNAME#{realmId}~{skeleton}',
    sk: 'NAME',
    access: ['find a character by name', 'put if absent: one character per name and realm'],
  },
  roster: {
    pk: 'ROSTER#{accountId}~{realmId}',
    sk: 'ROSTER',
    access: ["list an account's characters on a realm", 'take a slot if one is free'],
  },
});
