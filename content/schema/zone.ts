import * as z from 'zod';
import { Slug } from '#shared/kernel/ids.ts';
import { Box, Circle, Waypoint } from './area.ts';
import { WorldEvent } from './world-event.ts';
import { WorldObject } from './world-object.ts';

export const Zone = z.strictObject({
  id: Slug,
  name: z.string().min(2).max(60),
  summary: z.string().min(10).max(300),
  levelRange: z.strictObject({ min: z.int().min(1).max(30), max: z.int().min(1).max(30) }),
  bounds: z.strictObject({ minX: z.number(), minY: z.number(), maxX: z.number(), maxY: z.number() }),
  spawn: Circle.meta({ description: 'Where players arrive' }),
  graveyard: Circle.meta({ description: 'Where the dead come back' }),
  restAreas: z
    .array(Circle)
    .min(1)
    .max(20)
    .meta({ description: 'Safe places, away from every spawn: who rests in one leaves the world at once' }),
  obstacles: z.array(Box).max(256).meta({ description: 'What nobody walks, sees or shoots through' }),
  starting: z.boolean().meta({ description: 'New characters begin here' }),
  instance: z
    .strictObject({
      difficulties: z.array(Slug).min(1).max(5).meta({ description: 'The easiest first' }),
      players: z.int().min(1).max(5),
      minLevel: z.int().min(1).max(30),
      reset: z.enum(['daily', 'weekly']).meta({ description: 'When its bosses may be met again' }),
    })
    .optional()
    .meta({ description: 'Groups can have this zone for themselves' }),
  npcSpawns: z
    .array(
      z.strictObject({
        id: Slug,
        npc: Slug,
        count: z.int().min(1).max(60).meta({ description: 'How many are alive at once' }),
        area: Circle,
        respawnSeconds: z.int().min(10).max(86_400),
        pack: Slug.nullable().meta({
          description: 'NPCs of one pack help each other from farther away; null: of none',
        }),
        patrol: z
          .array(Waypoint)
          .min(2)
          .max(12)
          .nullable()
          .meta({ description: 'Where they walk, round and round; null: they keep to their area' }),
        rare: z
          .strictObject({ npc: Slug, permille: z.int().min(1).max(500) })
          .nullable()
          .meta({ description: 'A kind that comes in place of one now and then' }),
      }),
    )
    .min(1)
    .max(60),
  points: z
    .array(
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('quest-giver'), id: Slug, name: z.string().min(2).max(60), at: Circle }),
        z.strictObject({ kind: z.literal('vendor'), id: Slug, name: z.string().min(2).max(60), at: Circle }),
        z.strictObject({ kind: z.literal('landmark'), id: Slug, name: z.string().min(2).max(60), at: Circle }),
        z.strictObject({
          kind: z.literal('gate'),
          id: Slug,
          name: z.string().min(2).max(60),
          at: Circle,
          toZone: Slug,
        }),
      ]),
    )
    .max(60),
  objects: z.array(WorldObject).max(100).meta({ description: 'What players can use' }),
  events: z.array(WorldEvent).max(20).meta({ description: 'What can happen here' }),
});
export type Zone = z.infer<typeof Zone>;
