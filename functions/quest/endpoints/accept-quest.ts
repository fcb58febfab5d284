import { quests } from '#content/quests.ts';
import { levelOf } from '#functions/progression/public.ts';
import { randomToken } from '#shared/kernel/random.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { acceptQuest } from '../contract.ts';
import { accepted } from '../dialogue.ts';
import { balance, refusalOf } from '../rules.ts';
import { createRunWrite, readDone, readLog, readRun, saveLogWrite } from '../store.ts';
import { nodeReached, objectivesCompleted, started } from '../tell.ts';
import { viewOf } from '../view.ts';

export const handler = endpointHandler(acceptQuest, ({ input, actor, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const quest = quests.find(input.params.questId);
    if (!quest) throw fail('quest.not_found');
    const { characterId, accountId } = actor;
    const [level, log, underWay, done, ...before] = await Promise.all([
      levelOf(characterId),
      readLog(characterId),
      readRun(characterId, quest.id),
      readDone(characterId, quest.id),
      ...quest.prerequisites.map((id) => readDone(characterId, id)),
    ]);
    if (level === undefined) throw fail('request.not_found');
    const rewarded = new Set(before.flatMap((one) => (one ? [one.questId] : [])));
    const refusal = refusalOf(quest, { level, rewarded, done, isUnderWay: underWay !== undefined }, nowMs);
    if (refusal) throw refusal;
    if (log.active >= balance.logCapacity) throw fail('quest.log_full', { capacity: balance.logCapacity });

    const run = accepted(quest, { characterId, accountId, seed: randomToken(9), acceptedAtMs: nowMs });
    return commit(
      {
        writes: [createRunWrite(run), saveLogWrite(log, log.active + 1)],
        events: [
          started(log, run),
          ...(run.node === undefined ? [] : [nodeReached(log, run, run.node)]),
          ...(run.state === 'COMPLETE' ? [objectivesCompleted(log, run, quest)] : []),
        ],
      },
      viewOf(quest, run, { level, nowMs }),
    );
  }),
);
