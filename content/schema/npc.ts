import * as z from 'zod';
import { Slug } from '#shared/kernel/ids.ts';
import { Encounter } from './behaviour.ts';

export const Faction = z
  .enum(['feral-machines', 'rustjaw-gang', 'tidewatch', 'orrery-combine', 'hollow-choir'])
  .meta({ description: 'Whom an NPC stands with' });
export type Faction = z.infer<typeof Faction>;

export const NpcRank = z
  .enum(['normal', 'elite', 'boss'])
  .meta({ description: 'How dangerous an NPC is for its level' });
export type NpcRank = z.infer<typeof NpcRank>;

export const NpcKind = z.strictObject({
  id: Slug,
  name: z.string().min(2).max(60),
  faction: Faction,
  rank: NpcRank,
  level: z.int().min(1).max(33),
  health: z.int().min(1),
  damage: z.strictObject({ min: z.int().min(0), max: z.int().min(0) }),
  attackRangeM: z.number().min(1).max(40),
  attackIntervalMs: z.int().min(500).max(6_000),
  speedMps: z.number().min(0).max(12),
  aggroRadiusM: z.number().min(0).max(40).meta({ description: 'At equal level; 0: it only answers an attack' }),
  assistRadiusM: z.number().min(0).max(20).meta({ description: 'Friends of its faction within this join in' }),
  leashM: z.number().min(5).max(120).meta({ description: 'Turns back this far from its spawn' }),
  abilities: z.array(Slug).max(6),
  behaviour: Slug.meta({ description: 'How it fights' }),
  encounter: Encounter.nullable().meta({
    description: 'The course of the fight with it; bosses have one, others none',
  }),
  lootTable: Slug,
  xpPercent: z.int().min(0).max(2_000).meta({ description: 'Experience against a plain NPC of its level' }),
  lockout: z.enum(['daily', 'weekly']).nullable().meta({
    description: 'One character takes of its loot once in this period of the realm’s clock; null: every time',
  }),
  personalLoot: z.boolean().meta({ description: 'Everybody who had a part in its death has a roll of the table' }),
  decaySeconds: z.int().min(30).max(3_600).meta({ description: 'How long its corpse and loot remain' }),
});
export type NpcKind = z.infer<typeof NpcKind>;
