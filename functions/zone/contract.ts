import * as z from 'zod';
import { PARTY_CREATED, PARTY_DISBANDED, PLAYER_JOINED_PARTY, PLAYER_LEFT_PARTY } from '#events/party.ts';
import { LEVEL_UP } from '#events/progression.ts';
import { QUEST_COMPLETED, QUEST_FAILED, QUEST_OBJECTIVES_COMPLETED, QUEST_STARTED } from '#events/quest.ts';
import { SESSION_CLOSED } from '#events/session.ts';
import { ZONE_CHANGED, ZONE_LEFT } from '#events/zone.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { InstanceId, Slug } from '#shared/kernel/ids.ts';
import { MAX_LAYERS } from '#shared/kernel/zone-unit.ts';
import { zoneErrors } from './errors.ts';
import { layerLimits } from './layer-rules.ts';
import { positionTopic } from './position-topic.ts';
import { zoneChat, zoneEvents } from './topics.ts';
import { instanceLimits, teleportLimits } from './unit-rules.ts';

const Level = z.int().min(1);
const Layer = z.int().min(1).max(MAX_LAYERS);

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
          population: z.int().min(0).meta({ description: 'Characters in it, over all its layers' }),
          layers: z.int().min(0).meta({ description: 'Layers that are open' }),
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
    'once, within 30 seconds. The zone is the one in which the character is or was last, or where new ones begin; a ' +
    'character that is on its way, through a gate or by a teleport, is let in where it arrives, whichever zone is asked ' +
    'for. Of several layers it comes into that of its party, else of its friends, else into a lively one with room.',
  auth: 'character',
  params: z.strictObject({ zoneId: Slug }),
  success: 200,
  response: z.strictObject({
    url: z.string().max(512).meta({ description: 'Address of the zone socket' }),
    ticket: z.string().max(128).meta({ description: 'Opaque, single use' }),
    expiresAt: z.iso.datetime(),
    zoneId: Slug.meta({ description: 'Where the ticket lets in' }),
    layer: Layer.optional().meta({ description: 'Unset: an instance' }),
    instanceId: InstanceId.optional(),
  }),
  errors: ['zone.not_found', 'zone.level_too_low', 'zone.elsewhere', 'zone.full', 'zone.unavailable'],
  idempotency: 'none',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players cannot come into the world.',
  budget: { readUnits: 12, writeUnits: 10 },
});

const zoneParams = z.strictObject({ zoneId: Slug });
/** Told on the zone socket: what becomes of it. */
const ordered = 'Its zone carries this out within about a second, and tells on the socket: `leaving` when it begins, ';
const State = z.literal('ordered').meta({ description: 'The zone has been told' });

export const leaveZone = defineEndpoint({
  id: 'zone.leave-zone',
  method: 'POST',
  path: '/api/v1/zones/{zoneId}/leave',
  summary: 'Leave the world, or the instance that one is in',
  description:
    `As the socket’s own \`leave\`. ${ordered}\`stayed\` when moving or fighting has ended it. Who is in an instance ` +
    'comes out into its zone instead.',
  auth: 'character',
  params: zoneParams,
  success: 202,
  response: z.strictObject({
    state: z.enum(['ordered', 'left']).meta({ description: 'left: nobody ran the zone, and it is done' }),
    leaves: z.enum(['world', 'instance']),
  }),
  errors: ['zone.not_found', 'zone.not_in_world'],
  idempotency: 'none',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players can leave the world only by their game client.',
  budget: { readUnits: 4, writeUnits: 8 },
});

export const teleport = defineEndpoint({
  id: 'zone.teleport',
  method: 'POST',
  path: '/api/v1/zones/{zoneId}/teleport',
  summary: 'Teleport to the resting place of a zone that the character has been in',
  description:
    `The character is in the world, alive and out of combat; it stands still for ${teleportLimits.channelMs / 1_000} ` +
    `seconds and is then on its way. ${ordered}\`stayed\` when it moved, fought or was dead, and \`moving\` when it goes: ` +
    `then enter the zone. Once in ${teleportLimits.coolDownMs / 60_000} minutes, counted from the arrival; staff go ` +
    'anywhere, at once.',
  auth: 'character',
  params: zoneParams,
  success: 202,
  response: z.strictObject({ state: State, channelMs: z.int().min(0) }),
  errors: [
    'zone.not_found',
    'zone.not_in_world',
    'zone.not_visited',
    'zone.level_too_low',
    'zone.cooling_down',
    'zone.unavailable',
  ],
  idempotency: 'none',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players cannot teleport.',
  budget: { readUnits: 8, writeUnits: 8 },
});

export const listLayers = defineEndpoint({
  id: 'zone.list-layers',
  method: 'GET',
  path: '/api/v1/zones/{zoneId}/layers',
  summary: 'List the layers of the zone that the character is in',
  description: 'Populations are those of the last lease renewal: some seconds old.',
  auth: 'character',
  params: zoneParams,
  success: 200,
  response: z.strictObject({
    layers: z
      .array(
        z.strictObject({
          layer: Layer,
          open: z.boolean(),
          population: z.int().min(0),
          full: z.boolean(),
          here: z.boolean().meta({ description: 'The selected character is in it' }),
          party: z.int().min(0).meta({ description: 'Members of its party that are in it' }),
        }),
      )
      .max(MAX_LAYERS),
    swapAt: z.iso.datetime().optional().meta({ description: 'From when on it may change its layer; unset: now' }),
  }),
  errors: ['zone.not_found', 'zone.not_in_world'],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players do not see the layers of their zone.',
  budget: { readUnits: 14, writeUnits: 0 },
});

export const changeLayer = defineEndpoint({
  id: 'zone.change-layer',
  method: 'POST',
  path: '/api/v1/zones/{zoneId}/layers/{layer}/join',
  summary: 'Go to another layer of the zone that the character is in',
  description:
    `It keeps its place, and stands still for ${layerLimits.swapChannelMs / 1_000} seconds before. ${ordered}` +
    `\`stayed\` or \`moving\` how it ends. Once in ${layerLimits.swapCoolDownMs / 60_000} minutes, but for who follows ` +
    'the leader of their party.',
  auth: 'character',
  params: z.strictObject({ zoneId: Slug, layer: z.coerce.number().int().min(1).max(MAX_LAYERS) }),
  success: 202,
  response: z.strictObject({ state: State, channelMs: z.int().min(0) }),
  errors: [
    'zone.not_found',
    'zone.not_in_world',
    'zone.layer_not_found',
    'zone.layer_full',
    'zone.same_layer',
    'zone.cooling_down',
    'zone.unavailable',
  ],
  idempotency: 'none',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players cannot change their layer.',
  budget: { readUnits: 14, writeUnits: 8 },
});

export const enterInstance = defineEndpoint({
  id: 'zone.enter-instance',
  method: 'POST',
  path: '/api/v1/zones/{zoneId}/instances',
  summary: 'Go into the instance of a zone that one’s group has, or make it',
  description:
    'The character is in the world, in the zone itself. The instance belongs to its party, or to itself when it is in ' +
    `none, and lasts until it has been empty for ${instanceLimits.unloadAfterMs / 60_000} minutes. ${ordered}` +
    `\`moving\` when the character goes: then enter the zone. An account comes into ${instanceLimits.perHour} new ones an ` +
    'hour. Where bosses are dead that the character has not done, it must say that it wants that; where one lives that ' +
    'it has done in this period, it may not come in.',
  auth: 'character',
  params: zoneParams,
  body: z.strictObject({
    difficulty: Slug.optional().meta({ description: 'Unset: the easiest' }),
    confirmed: z.boolean().optional().meta({ description: 'Bosses that are dead there may count as done' }),
  }),
  success: 202,
  response: z.strictObject({
    state: State,
    instanceId: InstanceId,
    difficulty: Slug,
    created: z.boolean(),
    channelMs: z.int().min(0),
    expiresAt: z.iso.datetime(),
  }),
  errors: [
    'zone.not_found',
    'zone.no_instances',
    'zone.not_in_world',
    'zone.level_too_low',
    'zone.group_too_large',
    'zone.instance_limit',
    'zone.locked',
    'zone.confirmation_needed',
    'zone.unavailable',
  ],
  idempotency: 'key',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Groups cannot go into instances.',
  budget: { readUnits: 30, writeUnits: 26 },
});

export const leaveInstance = defineSubscriber({
  id: 'zone.leave-instance',
  on: [PLAYER_LEFT_PARTY, PARTY_DISBANDED],
  needs: { table: 'write' },
  impact: 'Who has left a party stays in its instance.',
});

export const followParty = defineSubscriber({
  id: 'zone.follow-party',
  on: [PARTY_CREATED, PLAYER_JOINED_PARTY, PLAYER_LEFT_PARTY, PARTY_DISBANDED],
  needs: { table: 'write' },
  impact: 'Zones do not know who is in which party, until somebody comes in anew.',
});

export const followQuest = defineSubscriber({
  id: 'zone.follow-quest',
  on: [QUEST_STARTED, QUEST_OBJECTIVES_COMPLETED, QUEST_COMPLETED, QUEST_FAILED],
  needs: { table: 'write' },
  impact: 'Objects of the world do not open to those who have just accepted their quest.',
});

export const evictPlayer = defineSubscriber({
  id: 'zone.evict-player',
  on: [SESSION_CLOSED],
  needs: { table: 'write' },
  impact: 'Characters of ended sessions stay in the world until their sockets close.',
});

export const tellParty = defineSubscriber({
  id: 'zone.tell-party',
  on: [ZONE_CHANGED, ZONE_LEFT],
  needs: { table: 'write' },
  impact: 'Players do not see in which zone the others of their party are.',
});

export const tellLevel = defineSubscriber({
  id: 'zone.tell-level',
  on: [LEVEL_UP],
  needs: { table: 'write' },
  impact: 'Who reaches a level has its strength and abilities only after leaving the zone.',
});

export const domain = defineDomain({
  name: 'zone',
  summary: 'Zones: leases of the fleet, tickets and rosters.',
  errors: zoneErrors,
  endpoints: [listZones, enterZone, leaveZone, teleport, listLayers, changeLayer, enterInstance],
  subscribers: [evictPlayer, leaveInstance, tellLevel, tellParty, followParty, followQuest],
  topics: [zoneChat, zoneEvents, positionTopic],
});
