import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { forgetCharacter } from '../contract.ts';
import { deleteProgressionWrite } from '../store.ts';

export const handler = subscriberHandler(forgetCharacter, async ({ data }, { commit }) => {
  await commit({ writes: [deleteProgressionWrite(data.characterId)] });
});
