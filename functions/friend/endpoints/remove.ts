import { push } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { remove } from '../contract.ts';
import { relationAt, tallyShifts } from '../rules.ts';
import { deleteSide, getPair, shiftTallies } from '../store.ts';
import { friendsTopic } from '../topics.ts';

/** Ends a friendship on both sides. */
export const handler = endpointHandler(remove, ({ input, actor, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const { mine, theirs } = await getPair(actor.accountId, input.params.accountId);
    if (!mine || relationAt(mine, nowMs) !== 'friend') throw fail('friend.not_friends');
    await commit({
      writes: [deleteSide(mine), ...(theirs ? [deleteSide(theirs)] : []), ...shiftTallies(mine, tallyShifts.remove)],
      pushes: [push(friendsTopic, { accountId: mine.otherId }, { type: 'friend_removed', accountId: actor.accountId })],
    });
  }),
);
