import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { AccountId, AchievementGrantId, CharacterId, Slug } from '#shared/kernel/ids.ts';

export const ACHIEVEMENT_UNLOCKED = defineEvent({
  name: 'ACHIEVEMENT_UNLOCKED',
  version: 1,
  owner: 'achievement',
  summary: 'A character has earned an achievement, once for ever.',
  detail: z.strictObject({
    accountId: AccountId,
    characterId: CharacterId,
    achievementId: Slug,
    code: z
      .string()
      .max(64)
      .regex(/^[a-z0-9_]+$/)
      .optional()
      .meta({ description: 'The same id with underscores, as clients name it: `first_legendary`' }),
    grantId: AchievementGrantId,
  }),
});
