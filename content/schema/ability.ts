import * as z from 'zod';
import { Slug } from '#shared/kernel/ids.ts';
import { AttributeId, SkillId, Stats } from './attributes.ts';
import { ClassId } from './class.ts';

export const DamageSchool = z.enum(['kinetic', 'thermal', 'shock', 'neural', 'toxic']);
export type DamageSchool = z.infer<typeof DamageSchool>;

const range = z.strictObject({ min: z.int().min(0), max: z.int().min(0) });

/** One thing that an ability does; an ability is a list of these. */
export const AbilityEffect = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('damage'), school: DamageSchool, amount: range }),
  z.strictObject({
    kind: z.literal('damage-over-time'),
    school: DamageSchool,
    amountPerTick: range,
    tickMs: z.int().min(500),
    durationMs: z.int().min(1_000),
  }),
  z.strictObject({ kind: z.literal('heal'), amount: range }),
  z.strictObject({
    kind: z.literal('heal-over-time'),
    amountPerTick: range,
    tickMs: z.int().min(500),
    durationMs: z.int().min(1_000),
  }),
  z.strictObject({ kind: z.literal('shield'), amount: range, durationMs: z.int().min(1_000) }),
  z.strictObject({
    kind: z.literal('control'),
    control: z.enum(['stun', 'root', 'slow', 'silence']),
    durationMs: z.int().min(250).max(10_000),
  }),
  z.strictObject({ kind: z.literal('buff'), stats: Stats, durationMs: z.int().min(1_000) }),
  z.strictObject({ kind: z.literal('debuff'), stats: Stats, durationMs: z.int().min(1_000) }),
  z.strictObject({ kind: z.literal('taunt'), durationMs: z.int().min(1_000).max(10_000) }),
  z.strictObject({ kind: z.literal('resurrect'), healthPermille: z.int().min(1).max(1_000) }),
]);
export type AbilityEffect = z.infer<typeof AbilityEffect>;

export const Ability = z.strictObject({
  id: Slug,
  name: z.string().min(2).max(60),
  description: z.string().min(5).max(240),
  class: ClassId.nullable().meta({ description: 'Class that learns it; null: NPCs use it' }),
  target: z.enum(['enemy', 'ally', 'self', 'area', 'ray', 'fallen']).meta({
    description:
      '`fallen`: a dead player; `area`: whoever the effects are for, around a point; `ray`: the first enemy on the way ' +
      'through a point, as far as the range and the next wall',
  }),
  rangeM: z
    .number()
    .min(0)
    .max(60)
    .meta({ description: 'Furthest target, or middle of an area, in metres; 0: oneself' }),
  radiusM: z.number().min(0).max(30).meta({ description: 'Radius around the target point; 0: the target alone' }),
  castMs: z.int().min(0).max(10_000).meta({ description: '0: instant' }),
  channelTickMs: z
    .int()
    .min(250)
    .max(5_000)
    .optional()
    .meta({ description: 'The effects come each so often during the cast; unset: once, at its end' }),
  cooldownMs: z.int().min(0).max(600_000),
  globalCooldownMs: z.int().min(0).max(2_000),
  energyCost: z.int().min(0).max(500),
  scaling: z
    .strictObject({
      attribute: AttributeId,
      permille: z.int().min(0).max(5_000).meta({ description: 'Thousandths of the attribute added to every amount' }),
      skill: SkillId,
    })
    .nullable(),
  effects: z.array(AbilityEffect).min(1).max(4),
});
export type Ability = z.infer<typeof Ability>;
