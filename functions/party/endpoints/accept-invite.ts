import { getCharacter } from '#functions/character/public.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { isOpen, withAnswered } from '#shared/kernel/invites.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { acceptInvite } from '../contract-invites.ts';
import { join } from '../membership.ts';
import { putInvites, readInvites, readMembership, readParty } from '../store.ts';
import { partyView } from '../view.ts';

export const handler = endpointHandler(acceptInvite, async ({ input, actor, nowMs, commit, fail }) => {
  const { partyId } = input.params;
  const { accountId, characterId } = actor;
  return withConflictRetry(async () => {
    const [box, membership, party] = await Promise.all([
      readInvites(characterId),
      readMembership(characterId),
      readParty(partyId),
    ]);
    if (party && membership === partyId) return partyView(party, undefined, nowMs);
    const invited = box.invites.find(({ groupId }) => groupId === partyId);
    if (!invited || !isOpen(invited, nowMs) || !party) throw fail('party.invite_not_found');
    if (membership) throw fail('party.already_in_party');
    const character = await getCharacter(characterId);
    if (!character) throw fail('auth.no_character');
    const joined = join(party, { accountId, characterId, name: character.name, joinedAtMs: nowMs });
    const answered = putInvites(box, withAnswered(box.invites, partyId, nowMs), nowMs);
    return commit(mergeChanges(joined.changes, { writes: [answered] }), partyView(joined.party, undefined, nowMs));
  });
});
