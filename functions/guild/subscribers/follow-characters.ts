import { getCharacter } from '#functions/character/public.ts';
import type { Changes } from '#shared/events/changes.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { followCharacters } from '../contract.ts';
import { goAway } from '../go-away.ts';
import { guildOf } from '../own-guild.ts';
import { withRenamed } from '../rules.ts';
import { putGuild, putMember } from '../store.ts';

/**
 * A character that is deleted leaves its guild, and stays out of it when it is restored; one with another name is shown
 * under that.
 */
export const handler = subscriberHandler(followCharacters, async ({ name, data: { characterId } }, { commit }) => {
  await commit(name === 'CHARACTER_DELETED' ? await goAway(characterId, 'deleted') : await showNewName(characterId));
});

/** The name of today counts, in whatever order the events come. */
async function showNewName(characterId: CharacterId): Promise<Changes> {
  const [own, character] = await Promise.all([guildOf(characterId), getCharacter(characterId)]);
  if (!own || !character || own.self.name === character.name) return {};
  const { guild, member } = withRenamed(own.guild, own.self, character.name);
  return { writes: [putGuild(guild, own.guild), putMember(member)] };
}
