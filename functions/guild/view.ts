import type * as z from 'zod';
import { toIso } from '#shared/kernel/clock.ts';
import { type Guild, type GuildMember, guildLimits, rightsOf } from './rules.ts';
import type { GuildMemberView, GuildView } from './shapes.ts';

export function memberView(member: GuildMember): z.input<typeof GuildMemberView> {
  const { accountId, characterId, name, rankId, joinedAtMs } = member;
  return { accountId, characterId, name, rankId, joinedAt: toIso(joinedAtMs) };
}

/** A guild as one of its members sees it. */
export function guildView(guild: Guild, self: GuildMember): z.input<typeof GuildView> {
  const { guildId, name, leaderId, memberCount, createdAtMs, charter, version } = guild;
  return {
    guildId,
    name,
    leaderId,
    memberCount,
    createdAt: toIso(createdAtMs),
    ...(charter ? { charter: { signaturesNeeded: guildLimits.signers, endsAt: toIso(charter.endsAtMs) } } : {}),
    version,
    own: { rankId: self.rankId, rights: [...rightsOf(self.rankId)], joinedAt: toIso(self.joinedAtMs) },
  };
}
