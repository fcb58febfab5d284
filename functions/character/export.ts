import { levelsOf } from '#functions/progression/public.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { getCharacters, getState } from './store.ts';
import { getRosters } from './store-slots.ts';
import { viewOf } from './view.ts';

/** Everything that is known of an account's characters here, for their player: on all realms, with the deleted ones. */
export async function exportOf(accountId: AccountId) {
  const rosters = await getRosters(accountId);
  const ids = rosters.flatMap(({ characterIds, deletedIds }) => [...characterIds, ...deletedIds]);
  const [characters, levels, states] = await Promise.all([
    getCharacters(ids),
    levelsOf(ids),
    Promise.all(ids.map(getState)),
  ]);
  const places = new Map(states.flatMap((state) => (state ? [[state.characterId as string, state] as const] : [])));
  return {
    characters: characters.map((character) => {
      const { characterId } = character;
      const place = places.get(characterId);
      return {
        ...viewOf(character, levels.get(characterId) ?? 1),
        ...(place ? { place: { zoneId: place.zoneId, x: place.x, y: place.y, health: place.health } } : {}),
      };
    }),
  };
}
