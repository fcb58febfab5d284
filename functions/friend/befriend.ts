import { FRIEND_REQUEST_ACCEPTED } from '#events/friend.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type Changes, event, push } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { nextRevision, pairId, type RelationSide, tallyShifts } from './rules.ts';
import { type Pair, putSide, shiftTallies } from './store.ts';
import { friendsTopic } from './topics.ts';

/**
 * Makes friends of a pair whose `mine` side has received a request: both rows, both tallies, the event and the push to
 * the one who asked, in one commit.
 */
export function befriend(
  pair: Pair & { mine: RelationSide },
  facts: { nowMs: number; myName: string | undefined },
): { changes: Changes; mine: RelationSide } {
  const { accountId, otherId } = pair.mine;
  const { nowMs, myName } = facts;
  const made = { relation: 'friend', sinceMs: nowMs, revision: nextRevision([pair.mine, pair.theirs], nowMs) } as const;
  const mine: RelationSide = { ...made, accountId, otherId, name: pair.mine.name };
  const theirs: RelationSide = { ...made, accountId: otherId, otherId: accountId, name: myName ?? pair.theirs?.name };
  return {
    mine,
    changes: {
      writes: [
        putSide(mine, pair.mine),
        putSide(theirs, pair.theirs),
        ...shiftTallies(mine, tallyShifts.accept, {
          mine: new GameError('friend.list_full'),
          theirs: new GameError('friend.other_list_full'),
        }),
      ],
      events: [
        event(FRIEND_REQUEST_ACCEPTED, {
          aggregateId: pairId(accountId, otherId),
          aggregateSeq: made.revision,
          data: { fromAccountId: otherId, toAccountId: accountId, ...(myName ? { toName: myName } : {}) },
        }),
      ],
      pushes: [
        push(
          friendsTopic,
          { accountId: otherId },
          { type: 'request_accepted', friend: { accountId, ...(myName ? { name: myName } : {}) }, since: toIso(nowMs) },
        ),
      ],
    },
  };
}
