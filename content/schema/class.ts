import * as z from 'zod';
import { Slug } from '#shared/kernel/ids.ts';
import { AttributeValues, SkillValues } from './attributes.ts';

export const ClassId = z
  .enum(['breaker', 'gunhand', 'ghostwright', 'patcher'])
  .meta({ description: 'Character class' });
export type ClassId = z.infer<typeof ClassId>;

export const CharacterClass = z.strictObject({
  id: ClassId,
  name: z.string().min(2).max(40),
  summary: z.string().min(10).max(300),
  attributes: AttributeValues.meta({ description: 'Attributes at level 1' }),
  attributesPerLevel: AttributeValues.meta({ description: 'Added at every level by itself' }),
  skills: SkillValues.meta({ description: 'Skills at level 1' }),
  health: z.strictObject({ base: z.int().min(1), perLevel: z.int().min(1) }),
  energy: z.strictObject({ base: z.int().min(1), perLevel: z.int().min(0) }),
  speedMps: z.number().min(1).max(12).meta({ description: 'Running speed in metres a second' }),
  startingItems: z
    .array(z.strictObject({ item: Slug, count: z.int().min(1).max(200), equip: z.boolean() }))
    .min(1)
    .max(12),
  abilities: z
    .array(z.strictObject({ ability: Slug, level: z.int().min(1).max(30) }))
    .min(1)
    .meta({ description: 'What the class learns, and when' }),
});
export type CharacterClass = z.infer<typeof CharacterClass>;
