import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { unlock } from '../contract.ts';
import { unlocked } from '../negotiation.ts';
import { asideOf, changed, tradeOf } from '../standing.ts';
import { viewFor } from '../view.ts';

export const handler = endpointHandler(unlock, ({ input, actor, nowMs, commit, ...context }) =>
  withConflictRetry(async () => {
    const { trade, index } = await tradeOf(actor.characterId, input.params.tradeId, asideOf(context));
    const next = unlocked(trade, index, nowMs);
    return next === trade ? viewFor(trade, index) : commit(changed(next), viewFor(next, index));
  }),
);
