import * as z from 'zod';
import { AttributeId, AttributeValues, SkillId, SkillValues } from '#content/schema/attributes.ts';
import { ClassId } from '#content/schema/class.ts';
import { CHARACTER_PURGED } from '#events/character.ts';
import { NPC_DIED } from '#events/combat.ts';
import { QUEST_COMPLETED } from '#events/quest.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { CharacterId } from '#shared/kernel/ids.ts';
import { progressionErrors } from './errors.ts';
import { respecKinds } from './rules.ts';

export const ProgressionView = z.strictObject({
  characterId: CharacterId,
  classId: ClassId,
  level: z.int().min(1),
  xp: z.int().min(0).meta({ description: 'All experience earned, less what respecs cost' }),
  xpIntoLevel: z.int().min(0).meta({ description: 'Experience earned within this level' }),
  xpToNext: z.int().min(1).nullable().meta({ description: 'Experience still needed; null at the last level' }),
  attributes: AttributeValues,
  skills: SkillValues,
  attributePoints: z.int().min(0).meta({ description: 'Unspent attribute points' }),
  skillPoints: z.int().min(0).meta({ description: 'Unspent skill points' }),
  respec: z
    .strictObject({
      cost: z.int().min(0).meta({ description: 'Experience within the level that the next respec costs' }),
      affordable: z.boolean(),
      cheaperAt: z.iso.datetime().optional().meta({ description: 'When the price falls by a step; unset: it is free' }),
    })
    .meta({ description: 'Price of taking spent points back' }),
  version: z.int().min(1).meta({ description: 'Rises with every change' }),
});

const spendingErrors = ['progression.not_found', 'progression.not_enough_points', 'progression.cap_reached'] as const;

const Points = z.int().min(1).max(100).meta({ description: 'How many points to spend' });

export const getProgression = defineEndpoint({
  id: 'progression.get-progression',
  method: 'GET',
  path: '/api/v1/progression',
  summary: "Get the selected character's level, experience, attributes and skills",
  auth: 'character',
  success: 200,
  response: ProgressionView,
  errors: ['progression.not_found'],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot see their level, attributes and skills.',
  budget: { readUnits: 1, writeUnits: 0 },
});

export const raiseAttributes = defineEndpoint({
  id: 'progression.raise-attributes',
  method: 'POST',
  path: '/api/v1/progression/attributes',
  summary: 'Spend attribute points on one attribute',
  description: 'Every level gives attribute points. A respec gives them back.',
  auth: 'character',
  body: z.strictObject({ attributeId: AttributeId, points: Points }),
  success: 200,
  response: ProgressionView,
  errors: spendingErrors,
  idempotency: 'key',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players cannot spend attribute points.',
  budget: { readUnits: 3, writeUnits: 12 },
});

export const raiseSkills = defineEndpoint({
  id: 'progression.raise-skills',
  method: 'POST',
  path: '/api/v1/progression/skills',
  summary: 'Spend skill points on one skill',
  description: 'Every level gives skill points and lets every skill be raised further. A respec gives them back.',
  auth: 'character',
  body: z.strictObject({ skillId: SkillId, points: Points }),
  success: 200,
  response: ProgressionView,
  errors: spendingErrors,
  idempotency: 'key',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players cannot spend skill points.',
  budget: { readUnits: 3, writeUnits: 12 },
});

export const respec = defineEndpoint({
  id: 'progression.respec',
  method: 'POST',
  path: '/api/v1/progression/respec',
  summary: 'Take back spent attribute points, skill points or both',
  description:
    'The first is free. Then it costs 5, 10, 20, 40 and at most 50 % of the experience from this level to the next, out ' +
    'of what is earned within the level: it never costs a level. Each 30 days without a respec bring the price down by ' +
    'one step. The progression shows the price. At the last level there is nothing to pay with: wait until it is free.',
  auth: 'character',
  body: z.strictObject({ kind: z.enum(respecKinds).meta({ description: 'Which points' }) }),
  success: 200,
  response: ProgressionView,
  errors: ['progression.not_found', 'progression.nothing_to_respec', 'progression.respec_unaffordable'],
  idempotency: 'key',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players cannot spend their points anew.',
  budget: { readUnits: 3, writeUnits: 16 },
});

export const creditKill = defineSubscriber({
  id: 'progression.credit-kill',
  on: [NPC_DIED],
  needs: { table: 'write' },
  impact: 'Kills give no experience, and nobody rises in level by them.',
});

export const creditQuest = defineSubscriber({
  id: 'progression.credit-quest',
  on: [QUEST_COMPLETED],
  needs: { table: 'write' },
  impact: 'Completed quests give no experience.',
});

export const forgetCharacter = defineSubscriber({
  id: 'progression.forget-character',
  on: [CHARACTER_PURGED],
  needs: { table: 'write' },
  impact: 'What purged characters could do is kept for nobody.',
});

export const domain = defineDomain({
  name: 'progression',
  summary: 'Levels, experience, attributes and skills of characters.',
  errors: progressionErrors,
  endpoints: [getProgression, raiseAttributes, raiseSkills, respec],
  subscribers: [creditKill, creditQuest, forgetCharacter],
});
