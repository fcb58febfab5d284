import { quests } from '#content/quests.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { completeQuest } from '../contract.ts';
import { giveReward } from '../give-reward.ts';
import { ONCE } from '../rules.ts';
import { readRun } from '../store.ts';

export const handler = endpointHandler(completeQuest, ({ input, actor, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const quest = quests.find(input.params.questId);
    if (!quest) throw fail('quest.not_found');
    const run = await readRun(actor.characterId, quest.id);
    if (!run) throw fail('quest.not_active');
    const { items, changes } = await giveReward(run, quest, input.body.choice, nowMs);
    return commit(changes, {
      questId: quest.id,
      periodKey: run.period === ONCE ? null : run.period,
      rewards: { experience: quest.rewards.xp, items: [...items] },
    });
  }),
);
