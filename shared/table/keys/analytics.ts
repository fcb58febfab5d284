import { defineKeys } from '../define-keys.ts';

/** Keys of event counts. A day is spread over shards, since every event of the game adds to it. */
export const analyticsKeys = defineKeys('analytics', {
  eventCount: {
    pk: 'ANADAY#{day}~{shard}',
    sk: 'EVENT#{name}',
    access: ["add to an event's count of a day", 'all counts of one shard of a day'],
  },
});
