import { type MintedItem, mintItems } from '#functions/inventory/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type Changes, mergeChanges } from '#shared/events/changes.ts';
import { guarded } from '#shared/table/write.ts';
import { type Quest, type QuestRun, rewardsOf } from './rules.ts';
import { deleteRunWrite, readDone, readLog, rewardWrite, saveLogWrite } from './store.ts';
import { completed } from './tell.ts';

/**
 * Prepares the reward of a finished quest: its items with ids derived from character, quest and period, the note that
 * it is rewarded, its place in the log freed, and `QUEST_COMPLETED`, which brings the experience.
 * @throws GameError `quest.not_complete`, `quest.choice_required`, `quest.choice_unknown`, `quest.bag_full`; the commit
 * may fail with `quest.already_rewarded`.
 */
export async function giveReward(
  run: QuestRun,
  quest: Quest,
  chosenItem: string | undefined,
  nowMs: number,
): Promise<{ readonly items: readonly MintedItem[]; readonly changes: Changes }> {
  const { characterId, questId, period } = run;
  const rewards = rewardsOf(run, quest, chosenItem);
  const [log, earlier, minted] = await Promise.all([
    readLog(characterId),
    readDone(characterId, questId),
    mintItems({
      holder: characterId,
      origin: 'quest',
      source: [characterId, questId, period],
      items: rewards.map(({ item, count }) => ({ templateId: item, count })),
      nowMs,
    }).catch((error: unknown) => {
      if (error instanceof GameError && error.code === 'inventory.full')
        throw new GameError('quest.bag_full', error.facts);
      throw error;
    }),
  ]);
  const done = { questId, period, times: (earlier?.times ?? 0) + 1 };
  return {
    items: minted.items,
    changes: mergeChanges(minted.changes, {
      writes: [
        guarded(
          rewardWrite(characterId, done, nowMs),
          new GameError('quest.already_rewarded', { repeat: quest.repeat }),
        ),
        deleteRunWrite(run),
        saveLogWrite(log, log.active - 1),
      ],
      events: [completed(log, run, quest, minted.items)],
    }),
  };
}
