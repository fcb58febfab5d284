import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { erasePersonalData } from '../contract.ts';
import { eraseWrites } from '../store.ts';

/** What a player did is nobody's any more: logs, quests under way and done, character by character. */
export const handler = subscriberHandler(erasePersonalData, async ({ name, data }, { part }) => {
  const characterIds = name === 'CHARACTER_PURGED' ? [data.characterId] : data.characterIds;
  for (const characterId of characterIds) {
    // From the last: what is left after a failure then begins as it did, and has the same numbers.
    for (const [index, writes] of [...(await eraseWrites(characterId)).entries()].reverse()) {
      await part(`${characterId}~${index}`, async ({ commit }) => {
        await commit({ writes });
      });
    }
  }
});
