import { defineKeys } from '../define-keys.ts';

/** Keys of achievements: a character's counters and what it has unlocked, one item for each kind of criterion. */
export const achievementKeys = defineKeys('achievement', {
  progress: {
    pk: 'CHR#{characterId}',
    sk: 'ACHIEVEMENT#{kind}',
    access: ["list a character's counters of all kinds", 'get or change those of one kind if they are unchanged'],
  },
});
