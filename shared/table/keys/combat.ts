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
  log: {
    pk: 'FIGHTLOG#{combatId}',
    sk: 'LOG',
    access: ['get what happened in a fight', 'put with the fight'],
  },
  statistics: {
    pk: 'FIGHT#{characterId}',
    sk: 'STATISTICS',
    access: ["get a character's totals", 'add to them with a fight', 'delete with the character'],
  },
});
