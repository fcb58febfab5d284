import * as z from 'zod';
import { Instant } from '#events/fields.ts';
import { defineTopic } from '#shared/contract/topic.ts';
import { CharacterId, PartyId, Slug } from '#shared/kernel/ids.ts';

/** Most members of a party that are told of; a party has fewer. */
const MAX_PLACES = 10;

/** Steps are too many for this: whom a character sees, it sees walk on the zone's own socket. */
export const positionTopic = defineTopic({
  destination: '/topic/character/{characterId}/position',
  summary:
    "Where the members of a character's party are, whenever one of them is in another zone or layer than before.",
  audience: 'owner-character',
  transport: 'gateway',
  replay: { messages: 10, seconds: 600 },
  message: z.strictObject({
    partyId: PartyId,
    at: Instant.meta({ description: 'When this was so: of two messages the newer one counts' }),
    places: z
      .array(
        z.strictObject({
          characterId: CharacterId,
          zoneId: Slug.optional().meta({ description: 'Unset: it is not in the world, or on its way' }),
          unitId: Slug.optional().meta({ description: 'The layer or instance of the zone' }),
        }),
      )
      .max(MAX_PLACES),
  }),
});
