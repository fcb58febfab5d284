import * as z from 'zod';
import { Slug } from '#shared/kernel/ids.ts';
import { ItemKind, QualityId } from './item.ts';

const objectiveBase = {
  id: Slug,
  text: z.string().min(3).max(160),
  count: z.int().min(1).max(500).meta({ description: 'How many are asked for' }),
};

/** What counts as progress; every objective counts up to `count` and stays there. */
export const Objective = z.discriminatedUnion('kind', [
  z.strictObject({ ...objectiveBase, kind: z.literal('kill'), npcs: z.array(Slug).min(1).max(10) }),
  z.strictObject({
    ...objectiveBase,
    kind: z.literal('collect'),
    match: z.strictObject({
      items: z.array(Slug).max(20).meta({ description: 'Any of these; empty: any item' }),
      itemKind: ItemKind.nullable().meta({ description: 'Only of this kind; null: any' }),
      minQuality: QualityId.nullable().meta({ description: 'At least of this quality; null: any' }),
    }),
  }),
  z.strictObject({
    ...objectiveBase,
    kind: z.literal('visit'),
    zone: Slug,
    point: Slug.nullable().meta({
      description: 'A landmark of the zone that is to be walked to; null: the zone at all',
    }),
  }),
  z.strictObject({ ...objectiveBase, kind: z.literal('talk'), node: Slug }),
  z
    .strictObject({ ...objectiveBase, kind: z.literal('use'), object: Slug })
    .meta({ description: 'An object of a zone is used, by oneself or by one of the party who is near' }),
  z
    .strictObject({ ...objectiveBase, kind: z.literal('event'), event: Slug })
    .meta({ description: 'An event ends well while one is near' }),
  z
    .strictObject({ ...objectiveBase, kind: z.literal('escort'), event: Slug })
    .meta({ description: 'The same, of an event with somebody to be brought along; its failure fails the quest' }),
]);
export type Objective = z.infer<typeof Objective>;

const reward = z.strictObject({ item: Slug, count: z.int().min(1).max(200) });

export const Quest = z.strictObject({
  id: Slug,
  name: z.string().min(2).max(80),
  summary: z.string().min(10).max(400),
  level: z.int().min(1).max(30).meta({ description: 'Level that it is made for' }),
  requiredLevel: z.int().min(1).max(30),
  prerequisites: z.array(Slug).max(5).meta({ description: 'Quests that must have been rewarded before' }),
  giver: z.strictObject({ zone: Slug, point: Slug }),
  turnIn: z.strictObject({ zone: Slug, point: Slug }),
  autoComplete: z.boolean().meta({ description: 'Rewards by itself when every objective is done' }),
  repeat: z.enum(['once', 'daily', 'weekly']),
  objectives: z.array(Objective).min(1).max(6),
  rewards: z.strictObject({
    xp: z.int().min(0).max(100_000),
    items: z.array(reward).max(6).meta({ description: 'Given in any case' }),
    choice: z.array(reward).max(5).meta({ description: 'The player takes one of these' }),
  }),
});
export type Quest = z.infer<typeof Quest>;
