import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { decline } from '../contract.ts';
import { relationAt, tallyShifts } from '../rules.ts';
import { deleteSide, getPair, shiftTallies } from '../store.ts';

/** Ends a request that the caller has received, silently. */
export const handler = endpointHandler(decline, ({ input, actor, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const { mine, theirs } = await getPair(actor.accountId, input.params.accountId);
    if (!mine || relationAt(mine, nowMs) !== 'received') throw fail('friend.request_not_found');
    await commit({
      writes: [deleteSide(mine), ...(theirs ? [deleteSide(theirs)] : []), ...shiftTallies(mine, tallyShifts.decline)],
    });
  }),
);
