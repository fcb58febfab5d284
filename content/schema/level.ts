import * as z from 'zod';

/** One step of the level curve. */
export const Level = z.strictObject({
  level: z.int().min(1).max(30),
  xpToNext: z.int().min(1).nullable().meta({ description: 'Experience from this level to the next; null: the last' }),
  attributePoints: z.int().min(0).max(10).meta({ description: 'Given on reaching this level' }),
  skillPoints: z.int().min(0).max(10).meta({ description: 'Given on reaching this level' }),
});
export type Level = z.infer<typeof Level>;
