import { levelsOf } from '#functions/progression/public.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { listCharacters } from '../contract.ts';
import { SLOTS_PER_ACCOUNT, SLOTS_PER_REALM } from '../rules.ts';
import { getCharacters } from '../store.ts';
import { getRoster, usedSlots } from '../store-slots.ts';
import { viewOf } from '../view.ts';

export const handler = endpointHandler(listCharacters, async ({ input, actor }) => {
  const { realmId, include } = input.query;
  const [roster, used] = await Promise.all([getRoster(actor.accountId, realmId), usedSlots(actor.accountId)]);
  const deletedIds = include === 'deleted' ? roster.deletedIds : [];
  const wanted = [...roster.characterIds, ...deletedIds];
  const [characters, levels] = await Promise.all([getCharacters(wanted), levelsOf(wanted)]);
  const views = new Map(
    characters.map((character) => [character.characterId, viewOf(character, levels.get(character.characterId) ?? 1)]),
  );
  const shown = (ids: typeof wanted) => ids.flatMap((characterId) => views.get(characterId) ?? []);
  return {
    characters: shown([...roster.characterIds]),
    ...(include === 'deleted' ? { deleted: shown([...deletedIds]) } : {}),
    slots: SLOTS_PER_REALM,
    accountSlots: { used, limit: SLOTS_PER_ACCOUNT },
  };
});
