import { levelOf } from '#functions/progression/public.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { listCharacters } from '../contract.ts';
import { SLOTS_PER_REALM } from '../rules.ts';
import { getCharacters, getRoster } from '../store.ts';
import { viewOf } from '../view.ts';

export const handler = endpointHandler(listCharacters, async ({ input, actor }) => {
  const { characterIds } = await getRoster(actor.accountId, input.query.realmId);
  const [characters, levels] = await Promise.all([getCharacters(characterIds), Promise.all(characterIds.map(levelOf))]);
  const levelBy = new Map(characterIds.map((characterId, index) => [characterId, levels[index]]));
  return {
    characters: characters.map((character) => viewOf(character, levelBy.get(character.characterId) ?? 1)),
    slots: SLOTS_PER_REALM,
  };
});
