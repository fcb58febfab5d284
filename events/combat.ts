import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { AccountId, CharacterId, CombatId, DropId, Slug } from '#shared/kernel/ids.ts';
import { CharacterLevel, CharacterRef, Figure, Instant, MAX_GROUP, Position, ZoneEpoch } from './fields.ts';

/**
 * A fight is told of when it is over: the zone adds its blows up and hands in one summary, so a blow never costs an
 * event. All events of one fight share its `combatId` and commit together.
 */

const Count = z.int().min(0).max(1_000_000);
const CombatOutcome = z
  .enum(['npc_died', 'npc_evaded', 'players_died', 'won', 'drawn'])
  .meta({ description: 'The last two are of characters who fought each other' });

const fight = { combatId: CombatId, zoneId: Slug, epoch: ZoneEpoch };
const npc = z.strictObject({ npcKind: Slug, npcLevel: CharacterLevel });
/** Whom the participants fought: an NPC, or each other. */
const opponent = z.union([npc, z.strictObject({ isDuel: z.boolean() })]);
/** One side of blows. */
const side = z.union([npc, CharacterRef]);

export const COMBAT_STARTED = defineEvent({
  name: 'COMBAT_STARTED',
  version: 2,
  owner: 'combat',
  summary: 'A fight began: the first hostile act between these characters and an NPC, or between two characters.',
  detail: z.strictObject({
    ...fight,
    startedAt: Instant,
    opponent,
    participants: z.array(CharacterRef).min(1).max(MAX_GROUP),
  }),
});

export const COMBAT_ENDED = defineEvent({
  name: 'COMBAT_ENDED',
  version: 2,
  owner: 'combat',
  summary: 'A fight is over, with what everybody did and suffered in it.',
  detail: z.strictObject({
    ...fight,
    startedAt: Instant,
    endedAt: Instant,
    outcome: CombatOutcome,
    winnerId: CharacterId.optional().meta({ description: 'Which of two characters has won' }),
    opponent,
    participants: z
      .array(
        CharacterRef.extend({
          damageDone: Figure,
          damageTaken: Figure,
          healingDone: Figure,
          deaths: Count,
        }),
      )
      .min(1)
      .max(MAX_GROUP),
  }),
});

export const PLAYER_ATTACKED = defineEvent({
  name: 'PLAYER_ATTACKED',
  version: 2,
  owner: 'combat',
  summary:
    'Characters were attacked by an NPC in one fight, or one of two by the other; those who took no damage are left out.',
  detail: z.strictObject({
    ...fight,
    attacker: side,
    victims: z
      .array(CharacterRef.extend({ damageTaken: Figure }))
      .min(1)
      .max(MAX_GROUP),
  }),
});

export const NPC_DIED = defineEvent({
  name: 'NPC_DIED',
  version: 1,
  owner: 'combat',
  summary: 'An NPC was killed. Who earned a share of it is frozen here, whatever happens to them afterwards.',
  detail: z.strictObject({
    killId: z
      .string()
      .max(160)
      .regex(/^[a-z0-9-]+\.\d+\.\d+$/)
      .meta({ description: 'Zone, epoch and number of the kill in it: one kill has one id, however often it is told' }),
    zoneId: Slug,
    epoch: ZoneEpoch,
    combatId: CombatId,
    npcKind: Slug,
    npcLevel: CharacterLevel,
    npcRank: z.enum(['normal', 'elite', 'boss']),
    spawnId: z.string().min(1).max(80),
    position: Position,
    killedAt: Instant,
    eligible: z
      .array(
        CharacterRef.extend({
          level: CharacterLevel,
          damageShare: z.number().min(0).max(1).meta({ description: 'Share of the damage that the NPC took' }),
        }),
      )
      .min(1)
      .max(MAX_GROUP)
      .meta({ description: 'Who earns experience, quest credit and loot; the killer first' }),
    topDamager: CharacterId,
    dropId: DropId.optional().meta({ description: 'Unset: it dropped nothing' }),
  }),
});

export const PLAYER_DIED = defineEvent({
  name: 'PLAYER_DIED',
  version: 1,
  owner: 'combat',
  summary: 'A character died in a fight, by an NPC or by another character. Each death is told by itself.',
  detail: z.strictObject({
    ...fight,
    accountId: AccountId,
    characterId: CharacterId,
    killer: side,
    deaths: z.int().min(1).max(1_000_000),
    deathId: z.string().max(160).optional().meta({
      description: 'Zone, epoch and number of the death in it: one death has one id, however often it is told',
    }),
  }),
});

export const DAMAGE_DEALT = defineEvent({
  name: 'DAMAGE_DEALT',
  version: 2,
  owner: 'combat',
  summary: 'The damage that characters dealt to one target in one fight, added up by character.',
  detail: z.strictObject({
    ...fight,
    target: side,
    dealt: z
      .array(CharacterRef.extend({ damage: Figure, hits: Count, misses: Count }))
      .min(1)
      .max(MAX_GROUP),
  }),
});

export const HEAL_CAST = defineEvent({
  name: 'HEAL_CAST',
  version: 1,
  owner: 'combat',
  summary: 'The healing that characters did in one fight, added up by character.',
  detail: z.strictObject({
    ...fight,
    healed: z
      .array(CharacterRef.extend({ healing: Figure }))
      .min(1)
      .max(MAX_GROUP),
  }),
});
