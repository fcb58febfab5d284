import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { befriend } from '../befriend.ts';
import { accept } from '../contract.ts';
import { shownName } from '../names.ts';
import { type RelationSide, relationAt } from '../rules.ts';
import { getPair } from '../store.ts';

function present({ otherId, name, sinceMs }: RelationSide) {
  return { accountId: otherId, name, since: toIso(sinceMs) };
}

export const handler = endpointHandler(accept, async ({ input, actor, nowMs, commit, fail }) => {
  const myName = await shownName(actor);
  return withConflictRetry(async () => {
    const { mine, theirs } = await getPair(actor.accountId, input.params.accountId);
    const relation = relationAt(mine, nowMs);
    if (mine && relation === 'friend') return present(mine);
    if (!mine || relation !== 'received') throw fail('friend.request_not_found');
    const made = befriend({ mine, theirs }, { nowMs, myName });
    return commit(made.changes, present(made.mine));
  });
});
