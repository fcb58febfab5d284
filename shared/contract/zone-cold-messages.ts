import * as z from 'zod';
import { MAX_ENTITY_ID } from './zone-protocol.ts';

/** Rare messages of the zone socket, as JSON: a byte before it says so. See `zone-protocol.ts`. */
export const MAX_CHAT_CHARACTERS = 250;

/** Rare messages of a client, as JSON. */
export const coldFromClient = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('chat'),
    text: z.string().min(1).max(MAX_CHAT_CHARACTERS).meta({ description: 'Said to everybody in the zone' }),
  }),
  z.strictObject({
    type: z.literal('pvp'),
    wants: z
      .boolean()
      .meta({ description: 'To strike and be struck by others who want to; giving it up takes minutes' }),
  }),
  z.strictObject({
    type: z.literal('duel'),
    act: z.enum(['challenge', 'accept', 'decline', 'yield']),
    target: z.int().min(0).max(MAX_ENTITY_ID).default(0).meta({ description: 'Entity to challenge' }),
  }),
  z.strictObject({
    type: z.literal('stand-up'),
    accepts: z.boolean().meta({ description: 'The answer of a dead player to the last `offer`' }),
  }),
]);
export type ColdFromClient = z.infer<typeof coldFromClient>;

/** Body of `/topic/zone/{zoneId}/chat`. */
export const zoneChatMessage = z.strictObject({
  characterId: z.string(),
  name: z.string(),
  text: z.string(),
  tick: z.int().nonnegative(),
});

/** Body of `/topic/zone/{zoneId}/events`. */
export const zoneEventMessage = z.strictObject({
  event: z.enum([
    'character_entered',
    'character_left',
    'character_died',
    'npc_died',
    'npc_spawned',
    'boss_phase',
    'boss_enraged',
    'boss_reset',
    'event_began',
    'event_phase',
    'event_done',
    'event_failed',
  ]),
  tick: z.int().nonnegative(),
  name: z.string().meta({ description: 'Of the character, the NPC kind, or the event' }),
  characterId: z.string().optional(),
  npcKind: z.string().optional(),
  eventId: z.string().optional(),
  text: z.string().max(160).optional().meta({ description: 'What a boss says, or what happens in the event' }),
});

const namedIndex = z.strictObject({ index: z.int(), id: z.string(), name: z.string() });

const abilityList = z.array(
  namedIndex.extend({
    range: z.number().meta({ description: 'Metres' }),
    cooldownTicks: z.int(),
    castTicks: z.int().meta({ description: '0: at once' }),
    energyCost: z.int(),
    radius: z.number().meta({ description: 'Metres around the middle of an area' }),
    target: z
      .enum(['enemy', 'ally', 'self', 'area', 'ray', 'fallen'])
      .meta({ description: '`ray`: at whoever stands first in the direction of `aim`' }),
  }),
);

/** Rare messages of the server, as JSON. */
export const coldFromServer = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('welcome'),
    protocol: z.int(),
    schema: z.int().meta({ description: "Fingerprint of the protocol's declaration" }),
    contentHash: z.string().meta({
      description:
        "Of the zone's content (area, NPCs, abilities): another one means that what a client has stored of it is old",
    }),
    tickHz: z.int(),
    tick: z.int(),
    zoneId: z.string(),
    zoneName: z.string(),
    epoch: z.int(),
    originX: z.number().meta({ description: 'West edge: positions on the wire are metres from here' }),
    originY: z.number().meta({ description: 'South edge' }),
    width: z.number().meta({ description: 'Metres, west to east' }),
    height: z.number().meta({ description: 'Metres, south to north' }),
    cellMetres: z.number(),
    entityId: z.int().meta({ description: 'The own entity' }),
    stream: z
      .string()
      .max(96)
      .meta({ description: 'Name of the numbered messages of this stay: `hello` resumes by it' }),
    after: z.strictObject({ own: z.int().nonnegative(), zone: z.int().nonnegative() }).meta({
      description: 'The number behind which each channel goes on; above what was asked for: messages are lost',
    }),
    correction: z.int(),
    x: z.number(),
    y: z.number(),
    speed: z.number().meta({ description: 'Metres per second that the server allows' }),
    vitals: z
      .strictObject({
        energy: z.int(),
        maxEnergy: z.int(),
        energyPerSecond: z.int(),
        pacePermille: z.int(),
        attackRange: z.number(),
        attackTicks: z.int(),
      })
      .meta({ description: 'See the message `vitals`, which tells of changes' }),
    restAreas: z
      .array(z.strictObject({ x: z.number(), y: z.number(), radius: z.number() }))
      .meta({ description: 'Where one may leave at once' }),
    obstacles: z
      .array(z.tuple([z.number(), z.number(), z.number(), z.number()]))
      .max(256)
      .meta({ description: 'Boxes that nobody walks, sees or shoots through: west, south, east and north side' }),
    npcKinds: z.array(namedIndex),
    objects: z
      .array(
        namedIndex.extend({
          entityId: z.int(),
          look: z.string(),
          useTicks: z.int(),
          obstacle: z.int().optional().meta({
            description: 'Of a door: the obstacle that stands while the entity is `alive`, and not while it is `dead`',
          }),
        }),
      )
      .meta({ description: 'What can be used, by `interact`; an entity that is `dead` is used up for now' }),
    abilities: abilityList,
  }),
  z.strictObject({
    type: z.literal('level'),
    level: z.int().meta({ description: 'The level that the own character has reached' }),
    abilities: abilityList.meta({ description: 'All that it can use by now' }),
  }),
  z.strictObject({
    type: z.literal('topic'),
    destination: z.string().meta({ description: '/topic/zone/{zoneId}/chat or /topic/zone/{zoneId}/events' }),
    body: z.union([zoneChatMessage, zoneEventMessage]),
  }),
  z.strictObject({
    type: z.literal('drop'),
    dropId: z.string(),
    npcEntityId: z.int().meta({ description: 'Entity that has left or held it' }),
    npcKind: z.string().optional().meta({ description: 'Unset: an object held it' }),
    objectId: z.string().optional(),
    x: z.number(),
    y: z.number(),
    method: z.string().optional().meta({ description: 'How those who earned it share it' }),
    expiresAt: z.iso.datetime(),
    slots: z.array(
      z.strictObject({
        slotIndex: z.int(),
        templateId: z.string(),
        count: z.int(),
        reservedFor: z.string().optional(),
        rollId: z.string().optional().meta({ description: 'The roll for it, open from this moment' }),
      }),
    ),
  }),
  z.strictObject({
    type: z.literal('refused'),
    what: z.enum(['chat', 'duel', 'gate']),
    reason: z.enum(['too_often', 'empty', 'bad_target', 'busy', 'too_far', 'sanctuary', 'no_duel', 'level_too_low']),
    retryAfterMs: z.int(),
  }),
  z.strictObject({
    type: z.literal('duel'),
    what: z
      .enum(['challenged', 'offered', 'countdown', 'begun', 'won', 'lost', 'declined', 'expired', 'drawn'])
      .meta({ description: '`challenged`: answer within 30 s; `countdown`: 3 s to go' }),
    opponent: z.int().meta({ description: 'Entity' }),
    name: z.string(),
  }),
  z.strictObject({
    type: z.literal('offer'),
    by: z.int().meta({ description: 'Entity that offers the dead player to stand up where it lies' }),
    name: z.string(),
    forMs: z.int(),
  }),
  z.strictObject({
    type: z.literal('leaving'),
    afterMs: z.int().nonnegative().meta({ description: 'Until the body is out, unless it moves or fights' }),
    merging: z
      .literal(true)
      .optional()
      .meta({
        description:
          'Its layer is merged into another one, where it goes on in its place: moving does not end that, fighting and ' +
          'trading do',
      }),
  }),
  z.strictObject({
    type: z.literal('stayed'),
    reason: z
      .enum(['moved', 'fighting', 'dead', 'trading'])
      .meta({ description: 'Why the body does not leave after all' }),
  }),
  z.strictObject({
    type: z.literal('gap'),
    channel: z.enum(['own', 'zone']),
    after: z.int().nonnegative().meta({ description: 'Messages up to this number that have not come are lost' }),
  }),
  z.strictObject({
    type: z.literal('moving'),
    zoneId: z
      .string()
      .meta({ description: 'Where the character goes on: this zone in another place, or another zone' }),
    retryAfterMs: z.int().meta({ description: 'Wait this long, then ask for a ticket to it' }),
  }),
]);
export type ColdFromServer = z.infer<typeof coldFromServer>;
