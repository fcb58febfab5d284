import * as z from 'zod';
import { SESSION_CLOSED } from '#events/session.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { Slug } from '#shared/kernel/ids.ts';
import { zoneErrors } from './errors.ts';
import { zoneChat, zoneEvents } from './topics.ts';

const Level = z.int().min(1);

export const listZones = defineEndpoint({
  id: 'zone.list-zones',
  method: 'GET',
  path: '/api/v1/zones',
  summary: 'List the zones with their level ranges and populations',
  description: 'Populations are those of the last lease renewal: some seconds old.',
  auth: 'account',
  success: 200,
  response: z.strictObject({
    zones: z
      .array(
        z.strictObject({
          zoneId: Slug,
          name: z.string(),
          summary: z.string(),
          levelRange: z.strictObject({ min: Level, max: Level }),
          open: z.boolean().meta({ description: 'A server runs it now: it can be entered' }),
          population: z.int().min(0).meta({ description: 'Characters in it' }),
        }),
      )
      .max(100),
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot choose a zone.',
  budget: { readUnits: 5, writeUnits: 0 },
});

export const enterZone = defineEndpoint({
  id: 'zone.enter-zone',
  method: 'POST',
  path: '/api/v1/zones/{zoneId}/enter',
  summary: 'Get the address of a zone and a ticket for it',
  description:
    'Open a WebSocket to `url` and present the ticket as its first message. A ticket admits the selected character ' +
    'once, within 30 seconds. The character leaves the zone that it is in when it comes into the new one.',
  auth: 'character',
  params: z.strictObject({ zoneId: Slug }),
  success: 200,
  response: z.strictObject({
    url: z.string().max(512).meta({ description: 'Address of the zone socket' }),
    ticket: z.string().max(128).meta({ description: 'Opaque, single use' }),
    expiresAt: z.iso.datetime(),
  }),
  errors: ['zone.not_found', 'zone.level_too_low', 'zone.unavailable'],
  idempotency: 'none',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players cannot come into the world.',
  budget: { readUnits: 4, writeUnits: 8 },
});

export const evictPlayer = defineSubscriber({
  id: 'zone.evict-player',
  on: [SESSION_CLOSED],
  needs: { table: 'write' },
  impact: 'Characters of ended sessions stay in the world until their sockets close.',
});

export const domain = defineDomain({
  name: 'zone',
  summary: 'Zones: leases of the fleet, tickets and rosters.',
  errors: zoneErrors,
  endpoints: [listZones, enterZone],
  subscribers: [evictPlayer],
  topics: [zoneChat, zoneEvents],
});
