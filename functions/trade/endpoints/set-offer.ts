import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { setOffer } from '../contract.ts';
import { otherSide, requireOpen, withOffer } from '../negotiation.ts';
import { offerOf } from '../offering.ts';
import { asideOf, changed, tradeOf } from '../standing.ts';
import { viewFor } from '../view.ts';

export const handler = endpointHandler(setOffer, ({ input, actor, nowMs, commit, ...context }) =>
  withConflictRetry(async () => {
    const { characterId } = actor;
    const { trade, index } = await tradeOf(characterId, input.params.tradeId, asideOf(context));
    requireOpen(trade);
    const partner = trade.sides[otherSide(index)];
    const offer = await offerOf({ from: characterId, to: partner.characterId }, input.body, nowMs);
    const next = withOffer(trade, index, offer, nowMs);
    return next === trade ? viewFor(trade, index) : commit(changed(next), viewFor(next, index));
  }),
);
