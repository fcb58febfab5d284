import { FRIEND_REQUEST_SENT } from '#events/friend.ts';
import { admits, privacyOf } from '#functions/account/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type Changes, event, mergeChanges, push } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { befriend } from '../befriend.ts';
import { request } from '../contract.ts';
import { findPlayer, type Player, shownName } from '../names.ts';
import { requireUnblocked } from '../public.ts';
import { decideRequest, friendLimits, nextRevision, pairId, relationAt, tallyShifts } from '../rules.ts';
import { freeExpired, getPair, type Pair, putSide, shiftTallies } from '../store.ts';
import { friendsTopic } from '../topics.ts';

export const handler = endpointHandler(request, async ({ input, actor, nowMs, commit, fail }) => {
  const [other, myName] = await Promise.all([findPlayer(input.body, actor), shownName(actor)]);
  if (!other) throw fail('friend.player_not_found');
  if (other.accountId === actor.accountId) throw fail('friend.self');
  const me = { accountId: actor.accountId, name: myName };

  const ask = () =>
    withConflictRetry(async () => {
      const { mine, theirs } = await getPair(me.accountId, other.accountId);
      const relation = relationAt(mine, nowMs);
      const decision = decideRequest(relation);
      if (decision === 'accept' && mine) {
        const { changes } = befriend({ mine, theirs }, { nowMs, myName });
        return commit(changes, { accountId: other.accountId, relation: 'friend' as const });
      }
      if (decision === 'stay') {
        return { accountId: other.accountId, relation: relation === 'friend' ? 'friend' : 'request_sent' } as const;
      }
      const [privacy] = await privacyOf([other.accountId]);
      if (!privacy || !admits(privacy.friendRequests, false)) throw fail('friend.player_not_found');
      const reply = { accountId: other.accountId, relation: 'request_sent' as const };
      const unblocked = [
        requireUnblocked(me.accountId, other.accountId, fail('friend.blocked_by_you')),
        requireUnblocked(other.accountId, me.accountId, fail('friend.player_not_found')),
      ];
      return commit(mergeChanges({ writes: unblocked }, sendRequest(me, other, { mine, theirs }, nowMs)), reply);
    });
  try {
    return await ask();
  } catch (error) {
    const crowded = crowdedAccount(error, me.accountId, other.accountId);
    if (!crowded || !(await freeExpired(crowded, nowMs))) throw error;
    return ask();
  }
});

/** Whose open requests leave no room, when that is why the request failed. */
function crowdedAccount(error: unknown, mine: AccountId, theirs: AccountId): AccountId | undefined {
  if (!(error instanceof GameError)) return undefined;
  if (error.code === 'friend.too_many_requests') return mine;
  return error.code === 'friend.inbox_full' ? theirs : undefined;
}

/** Both sides of a new request, the event, and the push to the player who is asked. */
function sendRequest(
  me: { accountId: AccountId; name: string | undefined },
  other: Player,
  seen: Pair,
  nowMs: number,
): Changes {
  const expiresAtMs = nowMs + friendLimits.requestLifeMs;
  const revision = nextRevision([seen.mine, seen.theirs], nowMs);
  const pair = { accountId: me.accountId, otherId: other.accountId };
  const mirrored = { accountId: other.accountId, otherId: me.accountId };
  const open = { sinceMs: nowMs, expiresAtMs, revision };
  const name = me.name ? { name: me.name } : {};
  return {
    writes: [
      putSide({ ...pair, ...open, relation: 'sent', name: other.name }, seen.mine),
      putSide({ ...mirrored, ...open, relation: 'received', ...name }, seen.theirs),
      ...shiftTallies(pair, tallyShifts.request, {
        mine: new GameError('friend.too_many_requests'),
        theirs: new GameError('friend.inbox_full'),
      }),
    ],
    events: [
      event(FRIEND_REQUEST_SENT, {
        aggregateId: pairId(me.accountId, other.accountId),
        aggregateSeq: revision,
        data: {
          fromAccountId: me.accountId,
          toAccountId: other.accountId,
          ...(me.name ? { fromName: me.name } : {}),
        },
      }),
    ],
    pushes: [
      push(
        friendsTopic,
        { accountId: other.accountId },
        {
          type: 'request_received',
          from: { accountId: me.accountId, ...name },
          expiresAt: toIso(expiresAtMs),
        },
      ),
    ],
  };
}
