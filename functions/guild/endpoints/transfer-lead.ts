import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { transferLead } from '../contract.ts';
import { passLead } from '../membership.ts';
import { otherMember, ownGuild } from '../own-guild.ts';
import { rankOf } from '../rules.ts';
import { guildView } from '../view.ts';

export const handler = endpointHandler(transferLead, ({ input, actor, commit, fail }) =>
  withConflictRetry(async () => {
    const { characterId } = input.body;
    const own = await ownGuild(actor.characterId);
    const { guild: seen, self } = own;
    if (seen.leaderId === characterId) return guildView(seen, self);
    if (self.rankId !== 'leader') throw fail('guild.rank_too_low', { right: 'lead' });
    const successor = await otherMember(own, characterId);
    if (seen.charter) throw fail('guild.still_a_charter');
    const { guild, changes } = passLead(seen, self, successor);
    return commit(changes, guildView(guild, { ...self, rankId: rankOf.formerLeader }));
  }),
);
