import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { leaveGuild } from '../contract.ts';
import { depart, end } from '../membership.ts';
import { ownGuild } from '../own-guild.ts';

export const handler = endpointHandler(leaveGuild, ({ actor, commit, fail }) =>
  withConflictRetry(async () => {
    const { guild, self } = await ownGuild(actor.characterId);
    if (self.rankId !== 'leader') return commit(depart(guild, self, 'left'));
    if (guild.charter) return commit(end(guild, self, 'withdrawn'));
    if (guild.memberCount > 1) throw fail('guild.leader_stays');
    return commit(end(guild, self, 'last_member_left'));
  }),
);
