import { defineKeys } from '../define-keys.ts';

/** Keys of characters' progression. */
export const progressionKeys = defineKeys('progression', {
  progression: {
    pk: 'CHR#{characterId}',
    sk: 'PROGRESSION',
    access: ['get by character', 'get many by character: everybody who earned a kill'],
  },
});
