import { defineKeys } from '../define-keys.ts';

/** Keys of what every commit may carry: outbox, inbox mark, idempotency receipt; and of the rate limiter. */
export const platformKeys = defineKeys('platform', {
  outbox: {
    pk: 'OBX#{operationId}',
    sk: 'OBX',
    gsi1: { pk: 'OBXPEND#{shard}', sk: '{createdAt}~{operationId}' },
    access: ['relay: mark as sent', 'sweeper: unsent rows of a shard, oldest first (gsi1, sparse)'],
  },
  inbox: {
    pk: 'INBOX#{subscriberId}~{eventId}',
    sk: 'INBOX',
    access: ['put if absent: this subscriber has handled this event'],
  },
  receipt: {
    pk: 'IDEM#{actorId}~{endpointId}~{idempotencyKey}',
    sk: 'IDEM',
    access: ['get the stored reply of a repeated call', 'put if absent: this call has taken effect'],
  },
  rateBucket: {
    pk: 'RATE#{rateClass}~{subject}',
    sk: 'BUCKET',
    access: ['take a token'],
  },
});
