import { push } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { block } from '../contract.ts';
import { endRelation } from '../end-relation.ts';
import { findPlayer } from '../names.ts';
import { relationAt } from '../rules.ts';
import { getPair } from '../store.ts';
import { getBlock, putBlock } from '../store-blocks.ts';
import { friendsTopic } from '../topics.ts';

/** Blocks a player and ends what there was between the two. The other learns no more than that a friendship ended. */
export const handler = endpointHandler(block, async ({ input, actor, nowMs, commit, fail }) => {
  const { accountId } = actor;
  const other = await findPlayer(input.body, actor);
  if (!other) throw fail('friend.player_not_found');
  if (other.accountId === accountId) throw fail('friend.self');
  const otherId = other.accountId;

  return withConflictRetry(async () => {
    const [known, pair] = await Promise.all([getBlock(accountId, otherId), getPair(accountId, otherId)]);
    const { sinceMs, name } = known ?? { sinceMs: nowMs, name: other.name };
    const reply = { accountId: otherId, name, since: toIso(sinceMs) };
    if (known) return reply;
    const wereFriends = relationAt(pair.mine, nowMs) === 'friend';
    return commit(
      {
        writes: [...putBlock({ accountId, otherId, name, sinceMs }), ...endRelation(pair)],
        pushes: wereFriends ? [push(friendsTopic, { accountId: otherId }, { type: 'friend_removed', accountId })] : [],
      },
      reply,
    );
  });
});
