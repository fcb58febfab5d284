import * as z from 'zod';
import { attributeIds, skillIds } from '../attributes.ts';

export const AttributeId = z.enum(attributeIds).meta({ description: 'Attribute of a character' });
export type AttributeId = z.infer<typeof AttributeId>;

export const SkillId = z.enum(skillIds).meta({ description: 'Skill of a character' });
export type SkillId = z.infer<typeof SkillId>;

/** Stats that items and effects add to; permille figures are tenths of a percent. */
export const statIds = [
  ...attributeIds,
  'armour',
  'resistThermal',
  'resistShock',
  'resistNeural',
  'resistToxic',
  'maxHealth',
  'maxEnergy',
  'powerPermille',
  'critPermille',
  'hastePermille',
  'movePermille',
] as const;
export const StatId = z.enum(statIds).meta({ description: 'Stat that items and effects change' });
export type StatId = z.infer<typeof StatId>;

export const Stats = z
  .partialRecord(StatId, z.int().min(-1_000).max(100_000))
  .meta({ description: 'What is added to each stat' });
export type Stats = z.infer<typeof Stats>;

/** A value per attribute, none left out. */
export const AttributeValues = z
  .record(AttributeId, z.int().min(0).max(1_000))
  .meta({ description: 'Value of every attribute' });
export type AttributeValues = z.infer<typeof AttributeValues>;

/** A value per skill, none left out. */
export const SkillValues = z.record(SkillId, z.int().min(0).max(1_000)).meta({ description: 'Value of every skill' });
export type SkillValues = z.infer<typeof SkillValues>;
