import * as z from 'zod';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { CharacterId, CombatId, Slug } from '#shared/kernel/ids.ts';
import { nextCursor, pageQuery } from '#shared/runtime/page.ts';
import { combatErrors } from './errors.ts';

/** The last three are of fights between two characters. */
export const combatOutcomes = ['npc_died', 'npc_evaded', 'players_died', 'won', 'lost', 'drawn'] as const;

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

export const listSessions = defineEndpoint({
  id: 'combat.list-sessions',
  method: 'GET',
  path: '/api/v1/combat/sessions',
  summary: "List the selected character's fights, newest first",
  description: 'A fight appears when it is over and stays for 30 days.',
  auth: 'character',
  query: pageQuery,
  success: 200,
  response: z.strictObject({ sessions: z.array(CombatSessionView), nextCursor }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot look back at their fights.',
  budget: { readUnits: 8, writeUnits: 0 },
});

export const getSession = defineEndpoint({
  id: 'combat.get-session',
  method: 'GET',
  path: '/api/v1/combat/sessions/{combatId}',
  summary: "Get one of the selected character's fights",
  auth: 'character',
  params: z.strictObject({ combatId: CombatId }),
  success: 200,
  response: CombatSessionView,
  errors: ['combat.session_not_found'],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot look at a fight.',
  budget: { readUnits: 1, writeUnits: 0 },
});

export const domain = defineDomain({
  name: 'combat',
  summary: 'Combat sessions and their logs.',
  errors: combatErrors,
  endpoints: [listSessions, getSession],
});
