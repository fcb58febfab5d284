import { GameError } from '#shared/contract/errors.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { leaveQueue } from '../contract.ts';
import { freeSlot } from '../slots.ts';
import { deleteEntry, getQueued } from '../store-queue.ts';
import { getSlot } from '../store-slots.ts';

export const handler = endpointHandler(leaveQueue, ({ actor: { accountId }, commit, fail }) =>
  withConflictRetry(async () => {
    const [queued, slot] = await Promise.all([getQueued(accountId), getSlot(accountId)]);
    const left = mergeChanges(
      queued ? { writes: deleteEntry({ accountId, ...queued }) } : {},
      slot?.state === 'RESERVED' ? freeSlot(slot) : {},
    );
    await commit(left).catch((error: unknown) => {
      // Admitted at the same moment: then it is the place that is given up.
      const isGone = error instanceof GameError && error.code === 'request.not_found';
      throw isGone ? fail('request.conflict') : error;
    });
  }),
);
