import { GUILD_INVITE_SENT } from '#events/guild.ts';
import { findCharacter } from '#functions/character/public.ts';
import { requireUnblocked, takesInvitesOf } from '#functions/friend/public.ts';
import { event } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { invite } from '../contract-invites.ts';
import { ownGuild } from '../own-guild.ts';
import { guildLimits, type Invite, requireRight, withInvite } from '../rules.ts';
import { readMember } from '../store.ts';
import { putInvites, readInvites } from '../store-invites.ts';

/** Somebody who takes no invites of the asker, or has blocked them, and somebody who does not exist look alike. */
export const handler = endpointHandler(invite, async ({ input, actor, nowMs, commit, fail }) => {
  const { guild, self } = await ownGuild(actor.characterId);
  requireRight(self, 'invite');
  const invitee = await findCharacter(input.body, guild.realmId);
  if (!invitee) throw fail('guild.player_not_found');
  if (invitee.accountId === actor.accountId) throw fail('guild.self');
  if (!(await takesInvitesOf(invitee.accountId, actor.accountId))) throw fail('guild.player_not_found');
  if (guild.memberCount >= guildLimits.members) throw fail('guild.full', { limit: guildLimits.members });
  if (await readMember(invitee.characterId)) throw fail('guild.target_in_guild');

  const { guildId, name: guildName } = guild;
  const sent: Invite = {
    groupId: guildId,
    guildName,
    fromAccountId: self.accountId,
    fromCharacterId: self.characterId,
    fromName: self.name,
    invitedAtMs: nowMs,
    expiresAtMs: nowMs + guildLimits.inviteLifeMs,
  };
  const { characterId, accountId, name } = invitee;
  const expiresAt = toIso(sent.expiresAtMs);
  return withConflictRetry(async () => {
    const box = await readInvites(characterId);
    const told = event(GUILD_INVITE_SENT, {
      aggregateId: characterId,
      aggregateSeq: box.version + 1,
      data: {
        guildId,
        guildName,
        isCharter: guild.charter !== undefined,
        from: { accountId: self.accountId, characterId: self.characterId },
        fromName: self.name,
        to: { accountId, characterId },
        expiresAt,
      },
    });
    const writes = [
      putInvites(box, withInvite(box.invites, sent), nowMs),
      requireUnblocked(accountId, actor.accountId, fail('guild.player_not_found')),
    ];
    return commit({ writes, events: [told] }, { guildId, characterId, name, expiresAt });
  });
});
