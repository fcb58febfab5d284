import * as z from 'zod';
import { Slug } from '#shared/kernel/ids.ts';
import { AttributeId, SkillId } from './attributes.ts';
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
  z.strictObject({ ...objectiveBase, kind: z.literal('visit'), zone: Slug }),
  z.strictObject({ ...objectiveBase, kind: z.literal('talk'), node: Slug }),
]);
export type Objective = z.infer<typeof Objective>;

/** A test of a skill plus an attribute; the server rolls 1–20 on top. */
export const SkillCheck = z.strictObject({
  skill: SkillId,
  attribute: AttributeId,
  difficulty: z.int().min(1).max(60),
  failNode: Slug.meta({ description: 'Where the talk goes when the check fails' }),
});
export type SkillCheck = z.infer<typeof SkillCheck>;

export const DialogueNode = z.strictObject({
  id: Slug,
  speaker: z.string().min(2).max(60),
  text: z.string().min(3).max(600),
  choices: z
    .array(
      z.strictObject({
        id: Slug,
        text: z.string().min(2).max(200),
        next: Slug.nullable().meta({ description: 'Next node; null: the talk ends' }),
        check: SkillCheck.nullable(),
      }),
    )
    .max(6),
});
export type DialogueNode = z.infer<typeof DialogueNode>;

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
  dialogue: z
    .strictObject({ start: Slug, nodes: z.array(DialogueNode).min(1).max(20) })
    .nullable()
    .meta({ description: 'The talk with the giver; null: none' }),
  rewards: z.strictObject({
    xp: z.int().min(0).max(100_000),
    items: z.array(reward).max(6).meta({ description: 'Given in any case' }),
    choice: z.array(reward).max(5).meta({ description: 'The player takes one of these' }),
  }),
});
export type Quest = z.infer<typeof Quest>;
