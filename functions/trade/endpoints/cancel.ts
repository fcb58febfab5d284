import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { cancel } from '../contract.ts';
import { cancelled, requireOpen } from '../negotiation.ts';
import { asideOf, ended, tradeOf } from '../standing.ts';

export const handler = endpointHandler(cancel, ({ input, actor, commit, ...context }) =>
  withConflictRetry(async () => {
    const { characterId } = actor;
    const { trade, index } = await tradeOf(characterId, input.params.tradeId, asideOf(context));
    if (trade.state === 'CANCELLED') return;
    const isOwnRequest = trade.state === 'REQUESTED' && index === 0;
    // Who was asked declines instead.
    if (!isOwnRequest) requireOpen(trade);
    await commit(ended(trade, cancelled(trade, isOwnRequest ? 'withdrawn' : 'cancelled', characterId)));
  }),
);
