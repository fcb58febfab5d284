import * as z from 'zod';
import { Slug } from '#shared/kernel/ids.ts';
import { qualities } from '../quality.ts';
import { Stats } from './attributes.ts';
import { ClassId } from './class.ts';

export const QualityId = z.enum(qualities).meta({ description: 'Quality of an item' });

export const itemKinds = ['weapon', 'armour', 'implant', 'consumable', 'material', 'quest'] as const;
export const ItemKind = z.enum(itemKinds).meta({ description: 'What sort of thing it is' });
export type ItemKind = z.infer<typeof ItemKind>;

export const equipmentSlots = [
  'weapon',
  'head',
  'torso',
  'hands',
  'legs',
  'feet',
  'implant-neural',
  'implant-ocular',
  'implant-chassis',
] as const;
export const EquipmentSlot = z.enum(equipmentSlots).meta({ description: 'Where it is worn' });
export type EquipmentSlot = z.infer<typeof EquipmentSlot>;

export const BindRule = z
  .enum(['none', 'pickup', 'equip', 'account', 'quest'])
  .meta({ description: 'What ties it to its owner, and when' });
export type BindRule = z.infer<typeof BindRule>;

/** What a consumable does to whoever uses it. */
export const UseEffect = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('heal'), amount: z.int().min(1) }),
  z.strictObject({ kind: z.literal('energy'), amount: z.int().min(1) }),
  z.strictObject({ kind: z.literal('buff'), stats: Stats, durationMs: z.int().min(1_000).max(3_600_000) }),
]);
export type UseEffect = z.infer<typeof UseEffect>;

export const ItemTemplate = z.strictObject({
  id: Slug,
  name: z.string().min(2).max(60),
  description: z.string().min(5).max(240),
  kind: ItemKind,
  quality: QualityId,
  slot: EquipmentSlot.nullable().meta({ description: 'Where it is worn; null: it is not worn' }),
  maxStack: z.int().min(1).max(200).meta({ description: 'Most in one stack; 1: every one is by itself' }),
  bind: BindRule,
  uniqueEquipped: z.boolean().meta({ description: 'At most one of it may be worn' }),
  requiredLevel: z.int().min(1).max(30),
  classes: z.array(ClassId).max(4).meta({ description: 'Classes that may use it; empty: all' }),
  vendorValue: z.int().min(0).max(10_000_000).meta({ description: 'What a vendor pays for one, in minor units' }),
  durability: z.int().min(0).max(500).meta({ description: 'Full durability; 0: it does not wear' }),
  stats: Stats.meta({ description: 'Added while it is worn' }),
  weapon: z
    .strictObject({
      minDamage: z.int().min(1),
      maxDamage: z.int().min(1),
      rangeM: z.number().min(1).max(60),
      intervalMs: z.int().min(300).max(5_000),
    })
    .nullable(),
  charges: z.int().min(2).max(100).optional().meta({ description: 'How often one may be used; unset: once' }),
  lifetimeSeconds: z.int().min(60).optional().meta({ description: 'How long it lasts; unset: for ever' }),
  use: z.strictObject({ effects: z.array(UseEffect).min(1).max(4), cooldownMs: z.int().min(0) }).nullable(),
});
export type ItemTemplate = z.infer<typeof ItemTemplate>;
