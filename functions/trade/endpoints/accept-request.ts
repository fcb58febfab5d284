import { presenceOf } from '#functions/zone/public.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { acceptRequest } from '../contract-requests.ts';
import { open } from '../opening.ts';
import { openRequestTo } from '../requests.ts';
import { asideOf, currentTrade } from '../standing.ts';
import { viewFor } from '../view.ts';

export const handler = endpointHandler(acceptRequest, async ({ input, actor, nowMs, commit, fail, ...context }) => {
  const { characterId, sessionId } = actor;
  const aside = asideOf(context);
  return withConflictRetry(async () => {
    const [trade, mine, presence] = await Promise.all([
      openRequestTo(characterId, input.params.tradeId, aside),
      currentTrade(characterId, aside),
      presenceOf(characterId),
    ]);
    if (mine) throw fail('trade.busy', { tradeId: mine.tradeId });
    const { next, changes } = open(trade, { sessionId, presence }, nowMs);
    return commit(changes, viewFor(next, 1));
  });
});
