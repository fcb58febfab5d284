import { getCharacter } from '#functions/character/public.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { isOpen, withAnswered } from '#shared/kernel/invites.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { acceptInvite } from '../contract-invites.ts';
import { join } from '../membership.ts';
import { guildOf } from '../own-guild.ts';
import { readGuild } from '../store.ts';
import { putInvites, readInvites } from '../store-invites.ts';
import { guildView } from '../view.ts';

export const handler = endpointHandler(acceptInvite, async ({ input, actor, nowMs, commit, fail }) => {
  const { guildId } = input.params;
  const { accountId, characterId } = actor;
  return withConflictRetry(async () => {
    const [box, own, seen] = await Promise.all([readInvites(characterId), guildOf(characterId), readGuild(guildId)]);
    if (own?.guild.guildId === guildId) return guildView(own.guild, own.self);
    const invited = box.invites.find(({ groupId }) => groupId === guildId);
    if (!invited || !isOpen(invited, nowMs) || !seen) throw fail('guild.invite_not_found');
    if (seen.charter && seen.charter.endsAtMs <= nowMs) throw fail('guild.invite_not_found');
    if (own) throw fail('guild.already_in_guild');
    const character = await getCharacter(characterId);
    if (!character) throw fail('auth.no_character');
    const { guild, member, changes } = join(seen, { accountId, characterId, name: character.name, joinedAtMs: nowMs });
    const answered = putInvites(box, withAnswered(box.invites, guildId, nowMs), nowMs);
    return commit(mergeChanges(changes, { writes: [answered] }), guildView(guild, member));
  });
});
