import { PARTY_INVITE_SENT } from '#events/party.ts';
import { findCharacter } from '#functions/character/public.ts';
import { requireUnblocked, takesInvitesOf } from '#functions/friend/public.ts';
import { event, push } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { invite } from '../contract-invites.ts';
import { ownParty } from '../own-party.ts';
import { type Invite, partyLimits, withInvite } from '../rules.ts';
import { putInvites, readInvites, readMembership } from '../store.ts';
import { partyEventsTopic } from '../topics.ts';

/** Somebody who takes no invites of the asker, or has blocked them, and somebody who does not exist look alike. */
export const handler = endpointHandler(invite, async ({ input, actor, nowMs, commit, fail }) => {
  const { party, self } = await ownParty(actor.characterId);
  const { partyId } = party;
  const invitee = await findCharacter(input.body, party.realmId);
  if (!invitee) throw fail('party.player_not_found');
  if (invitee.accountId === actor.accountId) throw fail('party.self');
  if (!(await takesInvitesOf(invitee.accountId, actor.accountId))) throw fail('party.player_not_found');
  if (party.members.length >= partyLimits.members) throw fail('party.full', { limit: partyLimits.members });
  if (await readMembership(invitee.characterId)) throw fail('party.target_in_party');

  const sent: Invite = {
    groupId: partyId,
    fromAccountId: self.accountId,
    fromCharacterId: self.characterId,
    fromName: self.name,
    invitedAtMs: nowMs,
    expiresAtMs: nowMs + partyLimits.inviteLifeMs,
  };
  const { characterId, accountId, name } = invitee;
  const expiresAt = toIso(sent.expiresAtMs);
  return withConflictRetry(async () => {
    const box = await readInvites(characterId);
    const told = event(PARTY_INVITE_SENT, {
      aggregateId: characterId,
      aggregateSeq: box.version + 1,
      data: {
        partyId,
        from: { accountId: self.accountId, characterId: self.characterId },
        fromName: self.name,
        to: { accountId, characterId },
        expiresAt,
      },
    });
    const shown = { type: 'invited' as const, characterId, name, byId: self.characterId, expiresAt };
    return commit(
      {
        writes: [
          putInvites(box, withInvite(box.invites, sent), nowMs),
          requireUnblocked(accountId, actor.accountId, fail('party.player_not_found')),
        ],
        events: [told],
        pushes: [push(partyEventsTopic, { partyId }, shown)],
      },
      { partyId, characterId, name, expiresAt },
    );
  });
});
