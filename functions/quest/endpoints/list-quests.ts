import { quests } from '#content/quests.ts';
import { levelOf } from '#functions/progression/public.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { listQuests } from '../contract.ts';
import { refusalOf } from '../rules.ts';
import { listDone, listRuns } from '../store.ts';
import { viewOf } from '../view.ts';

const CURSOR_PREFIX = 'after~';

/** Pages walk content's order, so that a page boundary stays where it is while quests come and go. */
export const handler = endpointHandler(listQuests, async ({ input, actor, nowMs, fail }) => {
  const { limit, status } = input.query;
  const after = decodeCursor(input.query.cursor, CURSOR_PREFIX)?.slice(CURSOR_PREFIX.length);
  const [level, runs, done] = await Promise.all([
    levelOf(actor.characterId),
    listRuns(actor.characterId),
    listDone(actor.characterId),
  ]);
  if (level === undefined) throw fail('request.not_found');

  const runById = new Map(runs.map((run) => [run.questId, run]));
  const doneById = new Map(done.map((one) => [one.questId, one]));
  const rewarded = new Set(doneById.keys());
  const shown = quests.all.slice(quests.all.findIndex((quest) => quest.id === after) + 1).flatMap((quest) => {
    const run = runById.get(quest.id);
    const standing = { level, rewarded, done: doneById.get(quest.id), isUnderWay: false };
    if (!run && refusalOf(quest, standing, nowMs)) return [];
    const view = viewOf(quest, run, { level, nowMs });
    return status && view.status !== status ? [] : [view];
  });
  const page = shown.slice(0, limit);
  const hasMore = shown.length > page.length;
  return { quests: page, nextCursor: encodeCursor(hasMore ? `${CURSOR_PREFIX}${page.at(-1)!.questId}` : undefined) };
});
