import { defineKeys } from '../define-keys.ts';

/** Keys of world drops. A drop and its slots are one item: a kill writes it at once, a pick-up changes one slot of it. */
export const lootKeys = defineKeys('loot', {
  drop: {
    pk: 'DROP#{dropId}',
    sk: 'DROP',
    access: ['get by id', 'put if absent: a kill is recorded once', 'award a slot if it is still open'],
  },
});
