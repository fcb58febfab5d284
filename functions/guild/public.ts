import { toIso } from '#shared/kernel/clock.ts';
import type { CharacterId, GuildId } from '#shared/kernel/ids.ts';
import { listMembers, readMember } from './store.ts';

/**
 * Others of a character's guild, at most so many; may lag by a moment. Of a larger guild those who come after the
 * character by id, and from the first on again: each member sees another part of it, and always the same.
 */
export async function guildMatesOf(characterId: CharacterId, limit: number): Promise<readonly CharacterId[]> {
  const own = await readMember(characterId);
  if (!own) return [];
  const { members: later } = await listMembers(own.guildId, { limit, after: characterId });
  const rest = limit - later.length;
  const earlier = rest > 0 ? (await listMembers(own.guildId, { limit: rest, before: characterId })).members : [];
  return [...later, ...earlier].map((member) => member.characterId);
}

/** Whether somebody may listen to a guild's topics: the character that they play is a member, or has signed the charter. */
export async function topicAudience(
  { guildId }: Readonly<Record<string, string>>,
  { characterId }: { readonly characterId: CharacterId | undefined },
): Promise<boolean> {
  return characterId !== undefined && (await readMember(characterId))?.guildId === (guildId as GuildId);
}

/** What keeps a character from being deleted: it leads a guild. */
export async function obligationsOf(who: { readonly characterId: CharacterId }): Promise<readonly 'guild.leader'[]> {
  return (await readMember(who.characterId))?.rankId === 'leader' ? ['guild.leader'] : [];
}

/** In which guilds an account's characters are, for their player. */
export async function exportOf(characterIds: readonly CharacterId[]): Promise<object> {
  const members = await Promise.all(characterIds.map(readMember));
  return {
    guilds: members.flatMap((member) => {
      if (!member) return [];
      const { characterId, guildId, rankId, joinedAtMs } = member;
      return [{ characterId, guildId, rankId, joinedAt: toIso(joinedAtMs) }];
    }),
  };
}
