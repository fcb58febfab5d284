import { quests } from '#content/quests.ts';
import { GameError } from '#shared/contract/errors.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { rewardByItself } from '../contract.ts';
import { giveReward } from '../give-reward.ts';
import { ONCE } from '../rules.ts';
import { readRun } from '../store.ts';

/** No failure: the player turns the quest in after making room, or has done so in the same moment. */
const LEFT_TO_THE_PLAYER = new Set(['quest.bag_full', 'quest.already_rewarded']);

export const handler = subscriberHandler(rewardByItself, async ({ data }, { commit, nowMs }) => {
  const quest = quests.find(data.questId);
  if (!quest?.autoComplete) return;
  const run = await readRun(data.characterId, data.questId);
  if (run?.state !== 'COMPLETE' || run.period !== (data.periodKey ?? ONCE)) return;
  try {
    const { changes } = await giveReward(run, quest, undefined, nowMs);
    await commit(changes);
  } catch (error) {
    if (!(error instanceof GameError && LEFT_TO_THE_PLAYER.has(error.code))) throw error;
  }
});
