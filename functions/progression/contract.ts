import * as z from 'zod';
import { AttributeId, AttributeValues, SkillId, SkillValues } from '#content/schema/attributes.ts';
import { ClassId } from '#content/schema/class.ts';
import { NPC_DIED } from '#events/combat.ts';
import { QUEST_COMPLETED } from '#events/quest.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { CharacterId } from '#shared/kernel/ids.ts';
import { progressionErrors } from './errors.ts';

export const ProgressionView = z.strictObject({
  characterId: CharacterId,
  classId: ClassId,
  level: z.int().min(1),
  xp: z.int().min(0).meta({ description: 'All experience ever earned' }),
  xpIntoLevel: z.int().min(0).meta({ description: 'Experience earned within this level' }),
  xpToNext: z.int().min(1).nullable().meta({ description: 'Experience still needed; null at the last level' }),
  attributes: AttributeValues,
  skills: SkillValues,
  attributePoints: z.int().min(0).meta({ description: 'Unspent attribute points' }),
  skillPoints: z.int().min(0).meta({ description: 'Unspent skill points' }),
  version: z.int().min(1).meta({ description: 'Rises with every change' }),
});

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
  description: 'Every level gives attribute points. They are spent for good.',
  auth: 'character',
  body: z.strictObject({ attributeId: AttributeId, points: Points }),
  success: 200,
  response: ProgressionView,
  errors: Object.keys(progressionErrors) as (keyof typeof progressionErrors)[],
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
  description: 'Every level gives skill points and lets every skill be raised further. They are spent for good.',
  auth: 'character',
  body: z.strictObject({ skillId: SkillId, points: Points }),
  success: 200,
  response: ProgressionView,
  errors: Object.keys(progressionErrors) as (keyof typeof progressionErrors)[],
  idempotency: 'key',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players cannot spend skill points.',
  budget: { readUnits: 3, writeUnits: 12 },
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

export const domain = defineDomain({
  name: 'progression',
  summary: 'Levels, experience, attributes and skills of characters.',
  errors: progressionErrors,
  endpoints: [getProgression, raiseAttributes, raiseSkills],
  subscribers: [creditKill, creditQuest],
});
