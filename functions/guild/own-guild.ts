import { GameError } from '#shared/contract/errors.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import type { Guild, GuildMember } from './rules.ts';
import { readGuild, readMember } from './store.ts';

/** A guild, and what the character that asks is in it. */
export interface OwnGuild {
  readonly guild: Guild;
  readonly self: GuildMember;
}

/**
 * The guild that a character is in, strongly consistent; undefined when it is in none. The guild is read before what the
 * character is in it: with every change of a member goes one of the guild, so that what is decided by an older rank is
 * not committed over a newer version.
 */
export async function guildOf(characterId: CharacterId): Promise<OwnGuild | undefined> {
  const member = await readMember(characterId);
  const guild = member && (await readGuild(member.guildId));
  const self = guild && (await readMember(characterId));
  return self && self.guildId === guild.guildId ? { guild, self } : undefined;
}

/** @throws GameError `guild.not_in_guild` */
export async function ownGuild(characterId: CharacterId): Promise<OwnGuild> {
  const own = await guildOf(characterId);
  if (!own) throw new GameError('guild.not_in_guild');
  return own;
}

/**
 * Another member of a guild that has been read before.
 * @throws GameError `guild.self`, `guild.member_not_found`
 */
export async function otherMember({ guild, self }: OwnGuild, characterId: CharacterId): Promise<GuildMember> {
  if (characterId === self.characterId) throw new GameError('guild.self');
  const member = await readMember(characterId);
  if (member?.guildId !== guild.guildId) throw new GameError('guild.member_not_found');
  return member;
}
