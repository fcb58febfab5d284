import { quests } from '#content/quests.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { abandonQuest } from '../contract.ts';
import { deleteRunWrite, readLog, readRun, saveLogWrite } from '../store.ts';
import { abandoned } from '../tell.ts';

export const handler = endpointHandler(abandonQuest, ({ input, actor, commit, fail }) =>
  withConflictRetry(async () => {
    const quest = quests.find(input.params.questId);
    if (!quest) throw fail('quest.not_found');
    const [log, run] = await Promise.all([readLog(actor.characterId), readRun(actor.characterId, quest.id)]);
    if (!run) throw fail('quest.not_active');
    await commit({
      writes: [deleteRunWrite(run), saveLogWrite(log, log.active - 1)],
      events: [abandoned(log, run)],
    });
  }),
);
