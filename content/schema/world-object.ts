import * as z from 'zod';
import { Slug } from '#shared/kernel/ids.ts';
import { Box, Position } from './area.ts';

/** Something in a zone that players use. Quests count its use by themselves: see the objective `use`. */
export const WorldObject = z.strictObject({
  id: Slug,
  name: z.string().min(2).max(60),
  look: z.enum(['terminal', 'cache', 'door', 'lever']).meta({ description: 'How it is shown' }),
  at: Position.meta({ description: 'Where it stands; those who use it stand within reach and see it' }),
  useMs: z.int().min(0).max(30_000).meta({ description: 'How long using it takes, unmoved and unharmed; 0: no time' }),
  respawnSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .meta({ description: 'When it can be used again; a door stands open for so long' }),
  quest: Slug.nullable().meta({ description: 'Only those use it who have this quest under way; null: everybody' }),
  effect: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('none') }),
      z.strictObject({
        kind: z.literal('loot'),
        lootTable: Slug,
        decaySeconds: z.int().min(30).max(3_600).meta({ description: 'How long what was in it lies there' }),
      }),
      z.strictObject({ kind: z.literal('door'), blocks: Box.meta({ description: 'The wall that it opens' }) }),
      z.strictObject({ kind: z.literal('event'), event: Slug.meta({ description: 'Begins unless it is under way' }) }),
    ])
    .meta({ description: 'What its use does, beside counting for quests' }),
});
export type WorldObject = z.infer<typeof WorldObject>;
