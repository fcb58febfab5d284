import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { removeMember } from '../contract.ts';
import { depart } from '../membership.ts';
import { otherMember, ownGuild } from '../own-guild.ts';
import { requireAuthority } from '../rules.ts';

export const handler = endpointHandler(removeMember, ({ input, actor, commit }) =>
  withConflictRetry(async () => {
    const own = await ownGuild(actor.characterId);
    const member = await otherMember(own, input.params.characterId);
    requireAuthority(own.self, member, 'remove');
    await commit(depart(own.guild, member, 'kicked'));
  }),
);
