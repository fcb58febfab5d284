import { mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { declineRequest } from '../contract-requests.ts';
import { cancelled } from '../negotiation.ts';
import { openRequestTo } from '../requests.ts';
import { asideOf, ended } from '../standing.ts';
import { putDeclined } from '../store.ts';

export const handler = endpointHandler(declineRequest, ({ input, actor, nowMs, commit, ...context }) =>
  withConflictRetry(async () => {
    const { characterId } = actor;
    const trade = await openRequestTo(characterId, input.params.tradeId, asideOf(context));
    const next = cancelled(trade, 'declined', characterId);
    const declined = { writes: [putDeclined(characterId, trade.sides[0].characterId, nowMs)] };
    await commit(mergeChanges(ended(trade, next), declined));
  }),
);
