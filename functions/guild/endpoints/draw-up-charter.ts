import { getCharacter, normalizeName } from '#functions/character/public.ts';
import { createId } from '#shared/kernel/ids.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { drawUpCharter } from '../contract.ts';
import { guildNameProblem, guildSkeletonOf } from '../guild-name.ts';
import { begin } from '../membership.ts';
import { drawUp } from '../rules.ts';
import { readMember } from '../store.ts';
import { guildView } from '../view.ts';

export const handler = endpointHandler(drawUpCharter, async ({ input, actor, nowMs, commit, fail }) => {
  const name = normalizeName(input.body.name);
  const problem = guildNameProblem(name);
  if (problem) throw fail('guild.name_invalid', { reason: problem });
  const { accountId, characterId } = actor;
  const [character, member] = await Promise.all([getCharacter(characterId), readMember(characterId)]);
  if (member) throw fail('guild.already_in_guild');
  if (!character) throw fail('auth.no_character');
  const guild = drawUp({
    guildId: createId('gld'),
    realmId: character.realmId,
    name,
    skeleton: guildSkeletonOf(name),
    founder: { accountId, characterId, name: character.name, joinedAtMs: nowMs },
  });
  return commit(begin(guild), guildView(guild, guild.charter!.signers[0]!));
});
