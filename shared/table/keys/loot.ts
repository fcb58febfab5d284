import { defineKeys } from '../define-keys.ts';

/** Keys of world drops and what is decided about them. A drop and its slots are one item: a kill writes it at once, a pick-up changes one slot of it. */
export const lootKeys = defineKeys('loot', {
  drop: {
    pk: 'DROP#{dropId}',
    sk: 'DROP',
    gsi1: { pk: 'LOOTDUE#{shard}', sk: '{dueAt}~{id}' },
    access: [
      'get by id',
      'put if absent: a kill is recorded once',
      'award slots if they are still open and nobody else has a claim',
      'drops of a shard whose master looter is late, or that nobody took, earliest first (gsi1, sparse)',
    ],
  },
  roll: {
    pk: 'LOOTROLL#{rollId}',
    sk: 'ROLL',
    gsi1: { pk: 'LOOTDUE#{shard}', sk: '{dueAt}~{id}' },
    access: [
      'get one, or many, by id',
      'vote once, while it is open',
      'decide once',
      'open rolls of a shard whose time is over, earliest first (gsi1, sparse)',
    ],
  },
  call: {
    pk: 'LOOTCALL#{characterId}',
    sk: '{closesAt}~{dropId}',
    access: ['list what a character may roll for now: those that close from now on'],
  },
  lockout: {
    pk: 'LOOTLOCK#{characterId}',
    sk: '{periodKey}~{npcKind}',
    access: [
      'get or list what a character has taken in a period',
      'put unless another kill of the kind was looted in it',
    ],
  },
});
