import type { Changes } from '#shared/events/changes.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { depart, departLeader, end } from './membership.ts';
import { guildOf } from './own-guild.ts';
import { guildLimits, successorOf } from './rules.ts';
import { listMembers } from './store.ts';

/**
 * What follows when a character is gone, whether its player wanted to leave the guild or not: a leader is succeeded, a
 * charter is withdrawn, the last member ends the guild.
 */
export async function goAway(characterId: CharacterId, reason: 'deleted' | 'erased'): Promise<Changes> {
  const own = await guildOf(characterId);
  if (!own) return {};
  const { guild, self } = own;
  if (self.rankId !== 'leader') return depart(guild, self, reason);
  if (guild.charter) return end(guild, self, 'withdrawn');
  const { members } = await listMembers(guild.guildId, { limit: guildLimits.members });
  const successor = successorOf(members.filter((member) => member.characterId !== characterId));
  return successor ? departLeader(guild, self, successor, reason) : end(guild, self, 'last_member_left', reason);
}
