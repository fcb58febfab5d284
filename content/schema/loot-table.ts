import * as z from 'zod';
import { Slug } from '#shared/kernel/ids.ts';
import { MAX_LOOT_SLOTS } from '../loot-limits.ts';

const count = z.strictObject({ min: z.int().min(1).max(200), max: z.int().min(1).max(200) });

export const LootTable = z.strictObject({
  id: Slug,
  guaranteed: z.array(z.strictObject({ item: Slug, count })).max(MAX_LOOT_SLOTS),
  rolls: z
    .strictObject({ min: z.int().min(0).max(MAX_LOOT_SLOTS), max: z.int().min(0).max(MAX_LOOT_SLOTS) })
    .meta({ description: 'How often the weighted entries are drawn from' }),
  maxRepeats: z.int().min(1).max(MAX_LOOT_SLOTS).meta({ description: 'How often one weighted entry may come up' }),
  weighted: z
    .array(
      z.strictObject({
        item: Slug.nullable().meta({ description: 'null: this draw yields nothing' }),
        weight: z.int().min(1).max(1_000_000),
        count,
      }),
    )
    .max(40),
});
export type LootTable = z.infer<typeof LootTable>;
