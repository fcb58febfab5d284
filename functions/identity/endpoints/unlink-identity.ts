import { IDENTITY_UNLINKED } from '#events/identity.ts';
import { event } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { unlinkIdentity } from '../external-contract.ts';
import { waysIn } from '../public.ts';
import { deleteClaim, putIdentities } from '../store.ts';

/** Whatever else signs in can go only by this same row, or when a password takes its place. */
export const handler = endpointHandler(unlinkIdentity, ({ input, actor, commit, fail }) =>
  withConflictRetry(async () => {
    const { accountId } = actor;
    const { provider } = input.params;
    const ways = await waysIn(accountId);
    const removed = ways.linked.find((one) => one.provider === provider);
    if (!removed) throw fail('identity.not_linked');
    const rest = ways.linked.filter((one) => one !== removed);
    if (rest.length === 0 && !ways.hasPassword && !ways.isGuest) throw fail('identity.last_credential');

    await commit({
      writes: [deleteClaim(removed.subjectHash, accountId), putIdentities(ways, rest)],
      events: [
        event(IDENTITY_UNLINKED, {
          aggregateId: accountId,
          aggregateSeq: ways.version + 1,
          data: { accountId, provider },
        }),
      ],
    });
  }),
);
