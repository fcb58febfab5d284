import { defineKeys } from '../define-keys.ts';

/** Keys of the combat log: one item per fight and character. Fight ids sort by time, so they are the order too. */
export const combatKeys = defineKeys('combat', {
  fight: {
    pk: 'FIGHT#{characterId}',
    sk: 'CBT#{combatId}',
    access: ["list a character's fights, newest first", 'get one of them', 'put if absent: a fight is recorded once'],
  },
  death: {
    pk: 'FIGHT#{characterId}',
    sk: 'DEATH#{deathId}',
    access: ['put if absent: a death is recorded once', 'get one of them'],
  },
});
