import type * as z from 'zod';
import { toIso } from '#shared/kernel/clock.ts';
import type { QuestView } from './contract.ts';
import { currentNode } from './dialogue.ts';
import { isMarked, ONCE, periodOf, type Quest, type QuestRun, type Reward } from './rules.ts';

type View = z.input<typeof QuestView>;

function rewardView({ item, count }: Reward): View['rewards']['items'][number] {
  return { templateId: item, count };
}

function dialogueView(quest: Quest, run: QuestRun | undefined): View['dialogue'] {
  const node = run && currentNode(run, quest);
  if (!node) return null;
  return {
    nodeId: node.id,
    speaker: node.speaker,
    text: node.text,
    choices: node.choices.map(({ id, text, check }) => ({
      choiceId: id,
      text,
      check: check && { skillId: check.skill, attributeId: check.attribute, difficulty: check.difficulty },
    })),
  };
}

/** A quest as a character sees it: under way, or on offer when there is no run. */
export function viewOf(
  quest: Quest,
  run: QuestRun | undefined,
  character: { readonly level: number; readonly nowMs: number },
): View {
  const period = run?.period ?? periodOf(quest, character.nowMs);
  return {
    questId: quest.id,
    name: quest.name,
    summary: quest.summary,
    level: quest.level,
    requiredLevel: quest.requiredLevel,
    repeat: quest.repeat,
    giver: quest.giver,
    turnIn: quest.turnIn,
    autoComplete: quest.autoComplete,
    status: run ? (run.state === 'COMPLETE' ? 'complete' : 'active') : 'available',
    marked: isMarked(quest, character.level),
    periodKey: period === ONCE ? null : period,
    acceptedAt: run ? toIso(run.acceptedAtMs) : null,
    objectives: quest.objectives.map(({ id, kind, text, count }) => ({
      objectiveId: id,
      kind,
      text,
      count: run?.counters[id] ?? 0,
      target: count,
    })),
    dialogue: dialogueView(quest, run),
    rewards: {
      experience: quest.rewards.xp,
      items: quest.rewards.items.map(rewardView),
      choice: quest.rewards.choice.map(rewardView),
    },
  };
}
