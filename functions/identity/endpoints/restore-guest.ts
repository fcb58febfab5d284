import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { restoreGuest } from '../contract.ts';
import { restore } from '../restore.ts';
import { guestOfSecret } from '../store-guests.ts';

export const handler = endpointHandler(restoreGuest, ({ input, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const guest = await guestOfSecret(input.body.guestSecret);
    if (!guest) throw fail('identity.guest_unknown');
    const { changes, reply } = await restore(guest.accountId, nowMs, 'identity.guest_unknown');
    return commit(changes, reply);
  }),
);
