import * as z from 'zod';
import { Slug } from '#shared/kernel/ids.ts';
import { ItemKind, QualityId } from './item.ts';
import { Faction, NpcRank } from './npc.ts';

/** What moves the counter, and up to where. A null condition holds for all. */
export const Criterion = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('kill'),
    npc: Slug.nullable(),
    rank: NpcRank.nullable(),
    faction: Faction.nullable(),
    target: z.int().min(1).max(1_000_000),
  }),
  z.strictObject({
    kind: z.literal('pick-up'),
    itemKind: ItemKind.nullable(),
    minQuality: QualityId.nullable(),
    target: z.int().min(1).max(1_000_000),
  }),
  z.strictObject({ kind: z.literal('quest'), quest: Slug.nullable(), target: z.int().min(1).max(10_000) }),
  z.strictObject({ kind: z.literal('level'), target: z.int().min(2).max(30) }),
]);
export type Criterion = z.infer<typeof Criterion>;

export const Achievement = z.strictObject({
  id: Slug,
  name: z.string().min(2).max(60),
  description: z.string().min(5).max(200),
  category: z.enum(['combat', 'loot', 'quests', 'progression']),
  points: z.int().min(5).max(100),
  criterion: Criterion,
});
export type Achievement = z.infer<typeof Achievement>;
