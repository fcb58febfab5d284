import * as z from 'zod';
import { CharacterLevel, Instant } from '#events/fields.ts';
import { defineTopic } from '#shared/contract/topic.ts';
import { CharacterId, CombatId, Slug } from '#shared/kernel/ids.ts';
import { CombatSessionView } from './shapes.ts';

/** Blows are too many for this: they travel on the zone's own socket. */
export const combatTopic = defineTopic({
  destination: '/topic/character/{characterId}/combat',
  summary: 'How the fights of a character end, and its deaths.',
  audience: 'owner-character',
  transport: 'gateway',
  replay: { messages: 50, seconds: 600 },
  message: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('fight_ended'), session: CombatSessionView }),
    z.strictObject({
      type: z.literal('died'),
      combatId: CombatId,
      zoneId: Slug,
      at: Instant,
      killer: z.union([
        z.strictObject({ npcKind: Slug, npcLevel: CharacterLevel }),
        z.strictObject({ characterId: CharacterId }),
      ]),
    }),
  ]),
});
