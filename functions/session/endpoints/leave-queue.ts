import { mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { leaveQueue } from '../contract.ts';
import { freeSlot } from '../slots.ts';
import { deleteEntry, getQueued } from '../store-queue.ts';
import { getSlot } from '../store-slots.ts';

export const handler = endpointHandler(leaveQueue, ({ actor: { accountId }, commit }) =>
  withConflictRetry(async () => {
    const [queued, slot] = await Promise.all([getQueued(accountId), getSlot(accountId)]);
    await commit(
      mergeChanges(
        queued ? { writes: deleteEntry({ accountId, ...queued }) } : {},
        slot?.state === 'RESERVED' ? freeSlot(slot) : {},
      ),
    );
  }),
);
