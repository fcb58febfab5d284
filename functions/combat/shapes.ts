import * as z from 'zod';
import { logKinds } from '#shared/contract/fight-log-kinds.ts';
import { CharacterId, CombatId, Slug } from '#shared/kernel/ids.ts';
import { combatOutcomes } from './rules.ts';

const Count = z.int().min(0);

export const CombatSessionView = z.strictObject({
  combatId: CombatId,
  zoneId: Slug,
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  outcome: z.enum(combatOutcomes),
  opponent: z.union([
    z.strictObject({ npcKind: Slug, npcLevel: z.int().min(1) }),
    z.strictObject({ characterId: CharacterId, isDuel: z.boolean() }),
  ]),
  participants: z.int().min(1).meta({ description: 'How many characters fought' }),
  own: z
    .strictObject({
      damageDone: Count,
      damageTaken: Count,
      healingDone: Count,
      hits: Count,
      misses: Count,
      deaths: Count,
    })
    .meta({ description: 'What the selected character did and suffered' }),
});

const Fighter = z.union([CharacterId, z.literal('npc')]).optional();

/** One sum of a fight's log. */
export const LogEntryView = z.strictObject({
  atMs: Count.meta({ description: "Milliseconds from the fight's beginning to that of this span of time" }),
  source: Fighter.meta({ description: 'Who did it; unset: somebody of them' }),
  target: Fighter.meta({ description: 'To whom; unset: to somebody of them' }),
  abilityId: Slug.optional().meta({ description: 'With which ability; unset: with any' }),
  kind: z.enum(logKinds).meta({
    description:
      '`absorbed`: what shields took of blows, with who struck; `shield`: the same, with whose shields they were',
  }),
  count: z.int().min(1).meta({ description: 'How often it happened in this span' }),
  amount: Count.meta({ description: 'Health altogether, or what shields took' }),
});

export const StatisticsView = z.strictObject({
  fights: Count,
  npcKills: Count.meta({ description: 'NPCs that died in fights in which it did damage or healed' }),
  playerKills: Count,
  deaths: Count,
  damageDone: Count,
  damageTaken: Count,
  healingDone: Count,
  hits: Count,
  misses: Count,
  bestBlow: z
    .strictObject({ amount: z.int().min(1), abilityId: Slug, combatId: CombatId, at: z.iso.datetime() })
    .optional()
    .meta({ description: 'Most damage of one blow; the fight itself is kept for 30 days' }),
  playerFights: z
    .strictObject({ won: Count, lost: Count, drawn: Count })
    .meta({ description: 'Against other characters, duels left out' }),
  duels: z.strictObject({ won: Count, lost: Count, drawn: Count }),
});
