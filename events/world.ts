import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { GuildId, Slug } from '#shared/kernel/ids.ts';
import { Instant } from './fields.ts';

export const TERRITORY_CAPTURED = defineEvent({
  name: 'TERRITORY_CAPTURED',
  version: 1,
  owner: 'world',
  summary: 'A territory has a new holder.',
  detail: z.strictObject({
    territoryId: Slug,
    zoneId: Slug,
    factionId: Slug,
    guildId: GuildId.optional(),
    previousFactionId: Slug.optional(),
    capturedAt: Instant,
  }),
});

export const FACTION_WAR_STARTED = defineEvent({
  name: 'FACTION_WAR_STARTED',
  version: 1,
  owner: 'world',
  summary: 'Two factions are at war until the given instant.',
  detail: z.strictObject({
    warId: Slug,
    attackerFactionId: Slug,
    defenderFactionId: Slug,
    territoryIds: z.array(Slug).min(1).max(32),
    startsAt: Instant,
    endsAt: Instant,
  }),
});
