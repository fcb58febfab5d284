import * as z from 'zod';
import { Slug } from '#shared/kernel/ids.ts';
import { Circle, Waypoint } from './area.ts';

const Text = z.string().min(2).max(160);

/** NPCs that come at once; they leave nothing, and go with the event. */
const Wave = z.strictObject({ npc: Slug, count: z.int().min(1).max(12), area: Circle });

/** Something that happens in a zone, in phases: waves of NPCs, and perhaps somebody to be brought through them. */
export const WorldEvent = z.strictObject({
  id: Slug,
  name: z.string().min(2).max(60),
  area: Circle.meta({ description: 'Where it happens' }),
  starts: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('object') }),
      z.strictObject({ kind: z.literal('every'), minutes: z.int().min(1).max(1_440) }),
    ])
    .meta({ description: 'By the use of an object, or by the time that the zone has been running' }),
  escort: z
    .strictObject({
      npc: Slug,
      path: z.array(Waypoint).min(2).max(20).meta({ description: 'It comes to the first and walks to the last' }),
    })
    .nullable()
    .meta({ description: 'Who is to be brought along; those of the waves strike it. The event fails with its death' }),
  phases: z
    .array(
      z.strictObject({
        id: Slug,
        text: Text.meta({ description: 'Said to the whole zone' }),
        waves: z.array(Wave).max(6),
        ends: z.discriminatedUnion('kind', [
          z.strictObject({ kind: z.literal('slain'), count: z.int().min(1).max(72) }),
          z.strictObject({ kind: z.literal('after'), ms: z.int().min(1_000).max(3_600_000) }),
          z.strictObject({
            kind: z.literal('arrived'),
            waypoint: z.int().min(1).max(19).meta({ description: 'Of the path, counted from 0' }),
          }),
        ]),
      }),
    )
    .min(1)
    .max(8)
    .meta({ description: 'One after the other; with the end of the last it is done' }),
  limitSeconds: z.int().min(10).max(3_600).meta({ description: 'It fails when it lasts longer' }),
  aloneSeconds: z.int().min(5).max(600).meta({ description: 'It fails when nobody alive is near for so long' }),
  doneText: Text,
  failText: Text,
});
export type WorldEvent = z.infer<typeof WorldEvent>;
