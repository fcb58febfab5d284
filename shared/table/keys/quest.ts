import { defineKeys } from '../define-keys.ts';

/** Keys of quests: the log that bounds them, the ones under way, and which were rewarded when. */
export const questKeys = defineKeys('quest', {
  log: {
    pk: 'CHR#{characterId}',
    sk: 'QUEST#LOG',
    access: ['get by character', 'take or free a place in the log if it is unchanged'],
  },
  run: {
    pk: 'CHR#{characterId}',
    sk: 'QUEST#RUN#{questId}',
    access: ["list a character's quests under way", 'get one', 'change one if it is unchanged'],
  },
  done: {
    pk: 'CHR#{characterId}',
    sk: 'QUEST#DONE#{questId}',
    access: ["list a character's rewarded quests", 'get some', 'put unless the quest was rewarded in the same period'],
  },
});
