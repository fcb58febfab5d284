import * as z from 'zod';
import { AttributeId, SkillId } from '#content/schema/attributes.ts';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { CHARACTER_PURGED } from '#events/character.ts';
import { NPC_DIED } from '#events/combat.ts';
import { ItemSummary } from '#events/fields.ts';
import { ITEM_PICKED_UP } from '#events/loot.ts';
import { QUEST_OBJECTIVES_COMPLETED } from '#events/quest.ts';
import { ZONE_CHANGED } from '#events/zone.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { Slug } from '#shared/kernel/ids.ts';
import { nextCursor, pageQuery } from '#shared/runtime/page.ts';
import { questErrors } from './errors.ts';

const Place = z.strictObject({ zone: Slug, point: Slug });

const RewardView = z.strictObject({ templateId: Slug, count: z.int().min(1) });

const DialogueView = z.strictObject({
  nodeId: Slug,
  speaker: z.string(),
  text: z.string(),
  choices: z.array(
    z.strictObject({
      choiceId: Slug,
      text: z.string(),
      check: z
        .strictObject({ skillId: SkillId, attributeId: AttributeId, difficulty: z.int() })
        .nullable()
        .meta({ description: 'Skill, attribute and a roll of 1 to 20 must reach the difficulty; null: no check' }),
    }),
  ),
});

export const QuestView = z.strictObject({
  questId: Slug,
  name: z.string(),
  summary: z.string(),
  level: z.int().meta({ description: 'Level that it is made for' }),
  requiredLevel: z.int(),
  repeat: z.enum(['once', 'daily', 'weekly']),
  giver: Place,
  turnIn: Place,
  autoComplete: z.boolean().meta({ description: 'Rewards by itself when every objective is done' }),
  status: z
    .enum(['available', 'active', 'complete'])
    .meta({ description: '`complete`: every objective is done, and the reward can be taken' }),
  marked: z.boolean().meta({ description: 'The giver shows its mark: the quest suits the level' }),
  periodKey: z.string().nullable().meta({ description: 'Day or week that a repeatable quest counts for' }),
  acceptedAt: z.iso.datetime().nullable(),
  objectives: z.array(
    z.strictObject({
      objectiveId: Slug,
      kind: z.enum(['kill', 'collect', 'visit', 'talk', 'use', 'event', 'escort']),
      text: z.string(),
      count: z.int().min(0).meta({ description: 'How many are done, never more than `target`' }),
      target: z.int().min(1),
    }),
  ),
  dialogue: DialogueView.nullable().meta({ description: 'Where the talk stands; null: nobody talks now' }),
  rewards: z.strictObject({
    experience: z.int().min(0),
    items: z.array(RewardView),
    choice: z.array(RewardView).meta({ description: 'One of these, by choice' }),
  }),
});

const params = z.strictObject({ questId: Slug });

export const listQuests = defineEndpoint({
  id: 'quest.list-quests',
  method: 'GET',
  path: '/api/v1/quests',
  summary: "List the selected character's quest log and the quests that it can accept",
  description: 'In the order in which the world offers them. At most 25 quests can be under way.',
  auth: 'character',
  query: pageQuery.extend({
    status: z
      .enum(['available', 'active', 'complete'])
      .optional()
      .meta({ description: 'Only quests of this status; unset: all of them' }),
  }),
  success: 200,
  response: z.strictObject({ quests: z.array(QuestView), nextCursor }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot see their quests.',
  budget: { readUnits: 12, writeUnits: 0 },
});

export const acceptQuest = defineEndpoint({
  id: 'quest.accept-quest',
  method: 'POST',
  path: '/api/v1/quests/{questId}/accept',
  summary: 'Accept a quest',
  description: 'Only what happens from now on counts for its objectives.',
  auth: 'character',
  params,
  success: 201,
  response: QuestView,
  errors: [
    'quest.not_found',
    'quest.already_accepted',
    'quest.already_rewarded',
    'quest.level_too_low',
    'quest.prerequisite_missing',
    'quest.log_full',
  ],
  idempotency: 'key',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players cannot accept quests.',
  budget: { readUnits: 12, writeUnits: 32 },
});

export const talk = defineEndpoint({
  id: 'quest.talk',
  method: 'POST',
  path: '/api/v1/quests/{questId}/dialogue',
  summary: 'Open the talk about an accepted quest, or choose an answer in it',
  description:
    'A choice with a skill check passes when skill, attribute and a roll of 1 to 20 reach the difficulty. The server rolls, ' +
    'once for each choice of an accepted quest: asking again gives the same.',
  auth: 'character',
  params,
  body: z.discriminatedUnion('action', [
    z.strictObject({ action: z.literal('open').meta({ description: 'Begin from the first node' }) }),
    z.strictObject({
      action: z.literal('choose'),
      nodeId: Slug.meta({ description: 'Node that the choice belongs to: refused when the talk is elsewhere' }),
      choiceId: Slug,
    }),
  ]),
  success: 200,
  response: z.strictObject({
    quest: QuestView,
    check: z
      .strictObject({
        skillId: SkillId,
        attributeId: AttributeId,
        difficulty: z.int(),
        roll: z.int().min(1).max(20),
        total: z.int(),
        passed: z.boolean(),
      })
      .nullable()
      .meta({ description: 'How the skill check came out; null: there was none' }),
  }),
  errors: ['quest.not_found', 'quest.not_active', 'quest.no_dialogue', 'quest.dialogue_moved', 'quest.choice_unknown'],
  idempotency: 'key',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players cannot talk to quest givers.',
  budget: { readUnits: 8, writeUnits: 36 },
});

export const completeQuest = defineEndpoint({
  id: 'quest.complete-quest',
  method: 'POST',
  path: '/api/v1/quests/{questId}/complete',
  summary: 'Turn in a finished quest and take its reward',
  description:
    'The reward is given once, or once a day or week for a quest that repeats. Experience follows within moments.',
  auth: 'character',
  params,
  body: z.strictObject({
    choice: Slug.optional().meta({ description: 'Item template to take, where the reward lets you choose' }),
  }),
  success: 200,
  response: z.strictObject({
    questId: Slug,
    periodKey: z.string().nullable(),
    rewards: z.strictObject({ experience: z.int().min(0), items: z.array(ItemSummary) }),
  }),
  errors: [
    'quest.not_found',
    'quest.not_active',
    'quest.not_complete',
    'quest.choice_required',
    'quest.choice_unknown',
    'quest.already_rewarded',
    'quest.bag_full',
  ],
  idempotency: 'key',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players cannot turn in quests and get no rewards.',
  budget: { readUnits: 8, writeUnits: 44 },
});

export const abandonQuest = defineEndpoint({
  id: 'quest.abandon-quest',
  method: 'POST',
  path: '/api/v1/quests/{questId}/abandon',
  summary: 'Give up an accepted quest',
  description: 'Its progress is lost; it can be accepted again.',
  auth: 'character',
  params,
  success: 204,
  errors: ['quest.not_found', 'quest.not_active'],
  idempotency: 'key',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players cannot give up quests, and a full log stays full.',
  budget: { readUnits: 6, writeUnits: 16 },
});

export const countKill = defineSubscriber({
  id: 'quest.count-kill',
  on: [NPC_DIED],
  needs: { table: 'write' },
  impact: 'Kills do not count for quests.',
});

export const countPickUp = defineSubscriber({
  id: 'quest.count-pick-up',
  on: [ITEM_PICKED_UP],
  needs: { table: 'write' },
  impact: 'Picked up items do not count for quests.',
});

export const countVisit = defineSubscriber({
  id: 'quest.count-visit',
  on: [ZONE_CHANGED],
  needs: { table: 'write' },
  impact: 'Visited zones do not count for quests.',
});

export const rewardByItself = defineSubscriber({
  id: 'quest.reward-by-itself',
  on: [QUEST_OBJECTIVES_COMPLETED],
  needs: { table: 'write' },
  impact: 'Quests that reward by themselves wait until the player turns them in.',
});

export const erasePersonalData = defineSubscriber({
  id: 'quest.erase-personal-data',
  on: [ACCOUNT_ERASED, CHARACTER_PURGED],
  needs: { table: 'write' },
  impact: 'The quests of erased players and purged characters are kept.',
});

export const domain = defineDomain({
  name: 'quest',
  summary: 'Quests, objectives, dialogue and rewards.',
  errors: questErrors,
  endpoints: [listQuests, acceptQuest, talk, completeQuest, abandonQuest],
  subscribers: [countKill, countPickUp, countVisit, rewardByItself, erasePersonalData],
});
