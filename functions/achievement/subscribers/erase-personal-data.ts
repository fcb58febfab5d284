import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { erasePersonalData } from '../contract.ts';
import { eraseWrites } from '../store.ts';

/** What a player has achieved is nobody's any more, character by character. */
export const handler = subscriberHandler(erasePersonalData, async ({ name, data }, { part }) => {
  const characterIds = name === 'CHARACTER_PURGED' ? [data.characterId] : data.characterIds;
  for (const characterId of characterIds) {
    await part(characterId, async ({ commit }) => {
      await commit({ writes: await eraseWrites(characterId) });
    });
  }
});
