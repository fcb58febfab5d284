import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { creditQuest } from '../contract.ts';
import { xpChanges } from '../xp-changes.ts';

export const handler = subscriberHandler(creditQuest, async ({ data }, { commit }) => {
  await commit(await xpChanges(new Map([[data.characterId, data.rewards.experience]])));
});
