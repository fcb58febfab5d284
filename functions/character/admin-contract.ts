import * as z from 'zod';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { CharacterId } from '#shared/kernel/ids.ts';

/** What staff do to characters; their endpoints, apart from the players'. */

export const forceRename = defineEndpoint({
  id: 'character.force-rename',
  method: 'POST',
  path: '/api/v1/admin/characters/{characterId}/force-rename',
  summary: 'Take a name away from a character',
  description:
    'Its player is logged out when they play it, and must choose another name before they can play it again. The name ' +
    'is barred for the account. Repeating it changes nothing.',
  auth: 'account',
  stepUp: true,
  roles: ['moderator', 'gm', 'admin'],
  params: z.strictObject({ characterId: CharacterId }),
  body: z.strictObject({
    reason: z
      .string()
      .trim()
      .min(3)
      .max(300)
      .meta({ description: 'Why; goes into the audit', examples: ['Names a living person'] }),
  }),
  success: 200,
  response: z.strictObject({ characterId: CharacterId, name: z.string(), renameRequired: z.literal(true) }),
  errors: [],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Moderators cannot act against offensive names.',
  budget: { readUnits: 5, writeUnits: 30 },
});
