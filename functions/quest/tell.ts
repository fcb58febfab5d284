import { SOFT_CURRENCY } from '#content/currencies.ts';
import {
  DIALOGUE_NODE_REACHED,
  QUEST_COMPLETED,
  QUEST_FAILED,
  QUEST_OBJECTIVES_COMPLETED,
  QUEST_STARTED,
  SKILL_CHECK_PASSED,
} from '#events/quest.ts';
import type { MintedItem } from '#functions/inventory/public.ts';
import { type DomainEvent, event } from '#shared/events/changes.ts';
import { formatAmount } from '#shared/kernel/money.ts';
import type { CheckOutcome } from './dialogue.ts';
import { moneyOf, ONCE, type Quest, type QuestLog, type QuestRun } from './rules.ts';

/** The log after the operation is the aggregate of everything told here. */
function at(log: QuestLog) {
  return { aggregateId: log.characterId, aggregateSeq: log.version + 1 };
}

function which({ accountId, characterId, questId }: QuestRun) {
  return { accountId, characterId, questId };
}

function whichPeriod(run: QuestRun) {
  return { ...which(run), ...(run.period === ONCE ? {} : { periodKey: run.period }) };
}

export function started(log: QuestLog, run: QuestRun): DomainEvent {
  return event(QUEST_STARTED, { ...at(log), data: whichPeriod(run) });
}

export function abandoned(log: QuestLog, run: QuestRun): DomainEvent {
  return event(QUEST_FAILED, { ...at(log), data: { ...whichPeriod(run), reason: 'abandoned' } });
}

export function failed(log: QuestLog, run: QuestRun): DomainEvent {
  return event(QUEST_FAILED, { ...at(log), data: { ...whichPeriod(run), reason: 'condition' } });
}

export function objectivesCompleted(log: QuestLog, run: QuestRun, quest: Quest): DomainEvent {
  return event(QUEST_OBJECTIVES_COMPLETED, {
    ...at(log),
    data: { ...whichPeriod(run), autoComplete: quest.autoComplete },
  });
}

export function completed(log: QuestLog, run: QuestRun, quest: Quest, items: readonly MintedItem[]): DomainEvent {
  return event(QUEST_COMPLETED, {
    ...at(log),
    data: {
      ...whichPeriod(run),
      rewards: {
        experience: quest.rewards.xp,
        items: [...items],
        currencies: [{ currency: SOFT_CURRENCY, amount: formatAmount(moneyOf(quest)) }],
      },
    },
  });
}

export function nodeReached(log: QuestLog, run: QuestRun, nodeId: string): DomainEvent {
  return event(DIALOGUE_NODE_REACHED, { ...at(log), data: { ...which(run), nodeId } });
}

export function checkPassed(
  log: QuestLog,
  run: QuestRun,
  choice: { readonly nodeId: string; readonly choiceId: string },
  { skillId, attributeId, difficulty, total }: CheckOutcome,
): DomainEvent {
  const { nodeId, choiceId } = choice;
  return event(SKILL_CHECK_PASSED, {
    ...at(log),
    data: { ...which(run), nodeId, choiceId, skillId, attributeId, difficulty, total },
  });
}
