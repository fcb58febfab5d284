import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { requireAllowance } from '../allowance.ts';
import { lock } from '../contract.ts';
import { locked } from '../negotiation.ts';
import { requireRoom } from '../room.ts';
import { asideOf, changed, tradeOf } from '../standing.ts';
import { viewFor } from '../view.ts';

/** What would fail when both have accepted is told here, as far as it can be seen. */
export const handler = endpointHandler(lock, ({ input, actor, nowMs, commit, ...context }) =>
  withConflictRetry(async () => {
    const { trade, index } = await tradeOf(actor.characterId, input.params.tradeId, asideOf(context));
    const next = locked(trade, index, input.body.offerHash, nowMs);
    if (next === trade) return viewFor(trade, index);
    await Promise.all([requireRoom(next, index), requireAllowance(next.sides[index], nowMs)]);
    return commit(changed(next), viewFor(next, index));
  }),
);
