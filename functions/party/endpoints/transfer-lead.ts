import { mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { transferLead } from '../contract.ts';
import { leaderChanged } from '../membership.ts';
import { ownParty } from '../own-party.ts';
import { memberOf, requireLeader, withLeader } from '../rules.ts';
import { putParty } from '../store.ts';
import { partyView } from '../view.ts';

export const handler = endpointHandler(transferLead, ({ input, actor, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const { characterId } = input.body;
    const { party: seen } = await ownParty(actor.characterId);
    if (seen.leaderId === characterId) return partyView(seen, undefined, nowMs);
    requireLeader(seen, actor.characterId);
    if (!memberOf(seen, characterId)) throw fail('party.member_not_found');
    const party = withLeader(seen, characterId);
    return commit(
      mergeChanges({ writes: [putParty(party, seen)] }, leaderChanged(seen, party, 'transferred')),
      partyView(party, undefined, nowMs),
    );
  }),
);
