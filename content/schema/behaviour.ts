import * as z from 'zod';
import { Slug } from '#shared/kernel/ids.ts';

const Permille = z.int().min(1).max(1_000);
const Metres = z.number().min(0).max(60);

/** What must hold for a rule to apply. */
export const Condition = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('health-below'), permille: Permille }),
  z.strictObject({ kind: z.literal('target-within'), metres: Metres }),
  z.strictObject({ kind: z.literal('target-beyond'), metres: Metres }),
  z
    .strictObject({ kind: z.literal('friend-below'), permille: Permille, metres: Metres })
    .meta({ description: 'One of its faction within so many metres, itself included, has less of its health' }),
  z.strictObject({ kind: z.literal('fight-older'), ms: z.int().min(0).max(3_600_000) }),
  z
    .strictObject({ kind: z.literal('phase-from'), phase: z.int().min(0).max(9) })
    .meta({ description: 'Its encounter has come to this phase, counted from 0, or a later one' }),
]);

/** What a rule does. */
export const Act = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('use'), ability: Slug.nullable() }).meta({
    description: 'Uses this ability; null: the first of its own that is ready and has whom it is for',
  }),
  z
    .strictObject({ kind: z.literal('flee'), ms: z.int().min(500).max(20_000) })
    .meta({ description: 'Runs from whom it fights, inside its leash' }),
  z
    .strictObject({ kind: z.literal('call-help'), metres: Metres })
    .meta({ description: 'Friends of its faction within this join its fight' }),
]);

export const Rule = z.strictObject({
  when: z.array(Condition).max(4).meta({ description: 'All must hold; none: always' }),
  act: Act,
  everyMs: z.int().min(0).max(600_000).meta({ description: 'At least so long between two times' }),
  once: z.boolean().meta({ description: 'Once in a fight' }),
});

/** How NPCs of a kind fight, beside closing in and striking. */
export const Behaviour = z.strictObject({
  id: Slug,
  summary: z.string().min(5).max(160),
  rest: z.enum(['wander', 'stand']).meta({ description: 'What it does while there is nobody to fight' }),
  keepsAwayM: Metres.meta({ description: 'Steps back from whom it fights until it is so far away; 0: closes in' }),
  strikes: z.boolean().meta({ description: 'Strikes by itself beside its rules' }),
  rules: z.array(Rule).max(6).meta({ description: 'The first that applies is done' }),
});
export type Behaviour = z.infer<typeof Behaviour>;

/** What a boss does in the course of a fight. */
export const Encounter = z.strictObject({
  phases: z
    .array(
      z.strictObject({
        id: Slug,
        begins: z
          .discriminatedUnion('kind', [
            z.strictObject({ kind: z.literal('at-once') }),
            z.strictObject({ kind: z.literal('health-below'), permille: Permille }),
            z.strictObject({ kind: z.literal('after'), ms: z.int().min(1_000).max(3_600_000) }),
          ])
          .meta({ description: 'The first begins with the fight; the others follow in their order, each once' }),
        text: z.string().min(2).max(160).meta({ description: 'Said to the whole zone' }),
        damagePermille: z.int().min(100).max(5_000).meta({ description: 'How hard its blows are' }),
        abilities: z
          .array(Slug)
          .max(6)
          .nullable()
          .meta({ description: 'Its abilities in this phase; null: all of its kind' }),
        summons: z
          .array(z.strictObject({ npc: Slug, count: z.int().min(1).max(8), radiusM: z.number().min(1).max(20) }))
          .max(4)
          .meta({ description: 'Who comes to help; they leave nothing, and go when the boss dies or gives up' }),
      }),
    )
    .min(1)
    .max(8),
  enrageAfterMs: z.int().min(60_000).max(3_600_000),
  enragePermille: z.int().min(1_000).max(10_000).meta({ description: 'How much harder its blows are then' }),
  enrageText: z.string().min(2).max(160),
  resetText: z.string().min(2).max(160).meta({ description: 'Said when those who fought it are beaten or gone' }),
});
export type Encounter = z.infer<typeof Encounter>;
