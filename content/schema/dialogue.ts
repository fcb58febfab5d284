import * as z from 'zod';
import { Slug } from '#shared/kernel/ids.ts';
import { AttributeId, SkillId } from './attributes.ts';

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

/** What a quest giver has to say: one talk for each quest that has any. */
export const Dialogue = z.strictObject({
  id: Slug.meta({ description: 'The quest that it is about' }),
  start: Slug.meta({ description: 'Node where it begins' }),
  nodes: z.array(DialogueNode).min(1).max(20),
});
export type Dialogue = z.infer<typeof Dialogue>;
