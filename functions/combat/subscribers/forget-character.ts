import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { forgetCharacter } from '../contract.ts';
import { deleteStatisticsWrite } from '../store-statistics.ts';

export const handler = subscriberHandler(forgetCharacter, async ({ data }, { commit }) => {
  await commit({ writes: [deleteStatisticsWrite(data.characterId)] });
});
