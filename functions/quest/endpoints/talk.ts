import { quests } from '#content/quests.ts';
import { progressionOf } from '#functions/progression/public.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { talk } from '../contract.ts';
import { choose, open } from '../dialogue.ts';
import { readLog, readRun, saveLogWrite, saveRunWrite } from '../store.ts';
import { checkPassed, nodeReached, objectivesCompleted } from '../tell.ts';
import { viewOf } from '../view.ts';

export const handler = endpointHandler(talk, ({ input, actor, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const quest = quests.find(input.params.questId);
    if (!quest) throw fail('quest.not_found');
    const [sheet, log, before] = await Promise.all([
      progressionOf(actor.characterId),
      readLog(actor.characterId),
      readRun(actor.characterId, quest.id),
    ]);
    if (!sheet) throw fail('request.not_found');
    if (!before) throw fail('quest.not_active');

    const { body } = input;
    const { run, check } =
      body.action === 'open' ? { run: open(before, quest), check: undefined } : choose(before, quest, body, sheet);
    const events = [
      ...(check?.passed && body.action === 'choose' ? [checkPassed(log, run, body, check)] : []),
      ...(run.node === undefined ? [] : [nodeReached(log, run, run.node)]),
      ...(run.state === 'COMPLETE' && before.state === 'ACTIVE' ? [objectivesCompleted(log, run, quest)] : []),
    ];
    return commit(
      {
        writes: [saveRunWrite(run), ...(events.length > 0 ? [saveLogWrite(log, log.active)] : [])],
        events,
      },
      { quest: viewOf(quest, run, { level: sheet.level, nowMs }), check: check ?? null },
    );
  }),
);
