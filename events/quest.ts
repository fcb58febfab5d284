import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { AccountId, CharacterId, Slug } from '#shared/kernel/ids.ts';
import { CurrencyAmount, Experience, ItemSummary } from './fields.ts';

const quest = { accountId: AccountId, characterId: CharacterId, questId: Slug };

const PeriodKey = z
  .string()
  .max(32)
  .optional()
  .meta({ description: 'Day or week of a repeatable quest; unset when it can be done once' });

export const QUEST_STARTED = defineEvent({
  name: 'QUEST_STARTED',
  version: 1,
  owner: 'quest',
  summary: 'A character has accepted a quest.',
  detail: z.strictObject({ ...quest, periodKey: PeriodKey }),
});

export const QUEST_OBJECTIVES_COMPLETED = defineEvent({
  name: 'QUEST_OBJECTIVES_COMPLETED',
  version: 1,
  owner: 'quest',
  summary: 'Every objective of a quest is done; the reward is still to be taken.',
  detail: z.strictObject({
    ...quest,
    periodKey: PeriodKey,
    autoComplete: z.boolean().meta({ description: 'The reward follows by itself; otherwise the player turns it in' }),
  }),
});

export const QUEST_COMPLETED = defineEvent({
  name: 'QUEST_COMPLETED',
  version: 1,
  owner: 'quest',
  summary: 'A quest is done and its reward is granted, once; experience is added by who reacts to this.',
  detail: z.strictObject({
    ...quest,
    periodKey: PeriodKey,
    rewards: z.strictObject({
      experience: Experience,
      items: z.array(ItemSummary).max(16),
      currencies: z.array(CurrencyAmount).max(4),
    }),
  }),
});

export const QUEST_FAILED = defineEvent({
  name: 'QUEST_FAILED',
  version: 1,
  owner: 'quest',
  summary: 'A quest cannot be completed any more, or was given up.',
  detail: z.strictObject({ ...quest, periodKey: PeriodKey, reason: z.enum(['abandoned', 'timed_out', 'condition']) }),
});

export const DIALOGUE_NODE_REACHED = defineEvent({
  name: 'DIALOGUE_NODE_REACHED',
  version: 1,
  owner: 'quest',
  summary: 'A character has come to a node of a dialogue.',
  detail: z.strictObject({ ...quest, nodeId: Slug }),
});

export const SKILL_CHECK_PASSED = defineEvent({
  name: 'SKILL_CHECK_PASSED',
  version: 1,
  owner: 'quest',
  summary: "A character's skill and attribute, with a roll, were enough for a choice in a dialogue.",
  detail: z.strictObject({
    ...quest,
    nodeId: Slug,
    choiceId: Slug,
    skillId: Slug,
    attributeId: Slug,
    difficulty: z.int().min(0).max(10_000),
    total: z
      .int()
      .min(0)
      .max(10_000)
      .meta({ description: 'Skill, attribute and roll together: at least the difficulty' }),
  }),
});
