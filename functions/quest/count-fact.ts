import { quests } from '#content/quests.ts';
import type { Changes } from '#shared/events/changes.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { advance, type Fact, failsBy } from './rules.ts';
import { deleteRunWrite, listRuns, readLog, saveLogWrite, saveRunWrite } from './store.ts';
import { failed, objectivesCompleted } from './tell.ts';

/**
 * Reads what a character has under way and prepares what a fact changes in it; empty when it counts for nothing.
 * Only quests that were accepted before the fact happened are moved by it.
 */
export async function countFact(characterId: CharacterId, fact: Fact, happenedAtMs: number): Promise<Changes> {
  const runs = await listRuns(characterId);
  const moved = runs.flatMap((before) => {
    const quest = quests.find(before.questId);
    if (!quest || before.state !== 'ACTIVE' || before.acceptedAtMs > happenedAtMs) return [];
    const after = advance(before, quest, fact);
    return after === before ? [] : [{ after, quest }];
  });
  if (moved.length === 0) return {};

  const writes = moved.map(({ after }) => saveRunWrite(after));
  const completed = moved.filter(({ after }) => after.state === 'COMPLETE');
  if (completed.length === 0) return { writes };
  const log = await readLog(characterId);
  return {
    writes: [...writes, saveLogWrite(log, log.active)],
    events: completed.map(({ after, quest }) => objectivesCompleted(log, after, quest)),
  };
}

/**
 * Prepares what the failure of an event changes for a character: quests that were about whom it had to bring along are
 * over, and can be accepted again. Empty when there is none that was accepted before.
 */
export async function failByEvent(characterId: CharacterId, event: string, happenedAtMs: number): Promise<Changes> {
  const runs = await listRuns(characterId);
  const lost = runs.filter((run) => {
    const quest = quests.find(run.questId);
    return quest && run.state === 'ACTIVE' && run.acceptedAtMs <= happenedAtMs && failsBy(run, quest, event);
  });
  if (lost.length === 0) return {};
  const log = await readLog(characterId);
  return {
    writes: [...lost.map(deleteRunWrite), saveLogWrite(log, log.active - lost.length)],
    events: lost.map((run) => failed(log, run)),
  };
}

/** True when committing them would do nothing. */
export function isEmpty(changes: Changes): boolean {
  return (changes.writes ?? []).length === 0;
}
