import { defineKeys } from '../define-keys.ts';

/** Keys of settlements: one row each, kept for ever, because it is the memory of what was decided. */
export const settlementKeys = defineKeys('settlement', {
  transaction: {
    pk: 'TX#{transactionId}',
    sk: 'TX',
    gsi1: { pk: 'PEND#{shard}', sk: '{preparedAt}~{transactionId}' },
    access: [
      'get by id',
      'put if absent: a transaction is prepared once',
      'end it if it is still prepared',
      'sweeper: those of a shard that have not ended, oldest first (gsi1, sparse)',
    ],
  },
});
