import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { setRank } from '../contract.ts';
import { rank } from '../membership.ts';
import { otherMember, ownGuild } from '../own-guild.ts';
import { requireRanking } from '../rules.ts';
import { memberView } from '../view.ts';

export const handler = endpointHandler(setRank, ({ input, actor, commit, fail }) =>
  withConflictRetry(async () => {
    const { rankId } = input.body;
    const own = await ownGuild(actor.characterId);
    const member = await otherMember(own, input.params.characterId);
    if (own.guild.charter) throw fail('guild.still_a_charter');
    requireRanking(own.self, member, rankId);
    if (member.rankId === rankId) return memberView(member);
    return commit(rank(own.guild, member, rankId, actor.characterId), memberView({ ...member, rankId }));
  }),
);
