import { mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { kickMember } from '../contract.ts';
import { depart } from '../membership.ts';
import { ownParty } from '../own-party.ts';
import { memberOf, requireLeader } from '../rules.ts';
import { requireNoOpenRolls } from '../store-loot.ts';
import { partyView } from '../view.ts';

export const handler = endpointHandler(kickMember, ({ input, actor, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const { party: seen } = await ownParty(actor.characterId);
    requireLeader(seen, actor.characterId);
    if (input.params.characterId === actor.characterId) throw fail('party.self');
    const member = memberOf(seen, input.params.characterId);
    if (!member) throw fail('party.member_not_found');
    const { party, changes } = depart(seen, member, 'kicked');
    return commit(
      mergeChanges(changes, { writes: [requireNoOpenRolls(seen.partyId, nowMs)] }),
      // The leader stays, so there is a party.
      partyView(party!, undefined, nowMs),
    );
  }),
);
