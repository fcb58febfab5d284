import { settling } from '#functions/settlement/public.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { stepUpWhere } from '#shared/runtime/step-up-guard.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { carryOut, reopen } from '../carry-out.ts';
import { accept } from '../contract.ts';
import { accepted, isAgreed } from '../negotiation.ts';
import { offerValue } from '../offer.ts';
import { tradeLimits } from '../rules.ts';
import { tradeSettlement } from '../settlement.ts';
import { asideOf, changed, tradeOf } from '../standing.ts';
import { viewFor } from '../view.ts';

/** The first accept waits for the other; the second carries the trade out. */
export const handler = endpointHandler(
  accept,
  ({ input, actor, nowMs, operation, commit, ...context }) => {
    const aside = asideOf({ operation, ...context });
    return withConflictRetry(async () => {
      const { trade, index } = await tradeOf(actor.characterId, input.params.tradeId, aside);
      const next = accepted(trade, index, input.body.offerHash, nowMs);
      // Recorded like any answer: later the same call again must not be an accept of something else.
      if (next === trade) return commit({}, viewFor(trade, index));
      const given = offerValue(trade.sides[index].offer);
      const proof = await stepUpWhere(given > tradeLimits.stepUpAboveMinor, actor, nowMs);
      if (!isAgreed(next)) return commit(mergeChanges(changed(next), { writes: proof }), viewFor(next, index));
      try {
        return await carryOut(operation, { ...next, rev: trade.rev }, index, proof);
      } catch (refusal) {
        await reopen(trade, refusal, aside);
        throw refusal;
      }
    });
  },
  settling(tradeSettlement),
);
