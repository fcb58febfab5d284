import * as z from 'zod';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { CHARACTER_PURGED } from '#events/character.ts';
import { NPC_DIED } from '#events/combat.ts';
import { ITEM_PICKED_UP } from '#events/loot.ts';
import { LEVEL_UP } from '#events/progression.ts';
import { QUEST_COMPLETED } from '#events/quest.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { Slug } from '#shared/kernel/ids.ts';
import { nextCursor, pageQuery } from '#shared/runtime/page.ts';

export const AchievementView = z.strictObject({
  achievementId: Slug,
  code: z.string().meta({ description: 'The same id with underscores', examples: ['first_legendary'] }),
  name: z.string(),
  description: z.string(),
  category: z.enum(['combat', 'loot', 'quests', 'progression']),
  points: z.int().min(0),
  count: z.int().min(0).meta({ description: 'How far it has come, never more than `target`' }),
  target: z.int().min(1),
  unlockedAt: z.iso.datetime().nullable().meta({ description: 'null: not yet' }),
});

export const listAchievements = defineEndpoint({
  id: 'achievement.list-achievements',
  method: 'GET',
  path: '/api/v1/achievements',
  summary: 'List all achievements and how far the selected character has come with each',
  auth: 'character',
  query: pageQuery.extend({
    unlocked: z
      .enum(['true', 'false'])
      .optional()
      .meta({ description: 'Only those that are unlocked, or only those that are not; unset: all' }),
  }),
  success: 200,
  response: z.strictObject({
    achievements: z.array(AchievementView),
    points: z.int().min(0).meta({ description: 'Points of everything unlocked' }),
    nextCursor,
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot see their achievements.',
  budget: { readUnits: 4, writeUnits: 0 },
});

export const countKill = defineSubscriber({
  id: 'achievement.count-kill',
  on: [NPC_DIED],
  needs: { table: 'write' },
  impact: 'Kills do not count for achievements.',
});

export const countPickUp = defineSubscriber({
  id: 'achievement.count-pick-up',
  on: [ITEM_PICKED_UP],
  needs: { table: 'write' },
  impact: 'Picked up items do not count for achievements.',
});

export const countQuest = defineSubscriber({
  id: 'achievement.count-quest',
  on: [QUEST_COMPLETED],
  needs: { table: 'write' },
  impact: 'Completed quests do not count for achievements.',
});

export const countLevel = defineSubscriber({
  id: 'achievement.count-level',
  on: [LEVEL_UP],
  needs: { table: 'write' },
  impact: 'Reached levels do not count for achievements.',
});

export const erasePersonalData = defineSubscriber({
  id: 'achievement.erase-personal-data',
  on: [ACCOUNT_ERASED, CHARACTER_PURGED],
  needs: { table: 'write' },
  impact: 'The achievements of erased players and purged characters are kept.',
});

export const domain = defineDomain({
  name: 'achievement',
  summary: 'Achievements and their counters.',
  endpoints: [listAchievements],
  subscribers: [countKill, countPickUp, countQuest, countLevel, erasePersonalData],
});
