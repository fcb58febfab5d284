import * as z from 'zod';
import { CHARACTER_PURGED } from '#events/character.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { CombatId } from '#shared/kernel/ids.ts';
import { MAX_PAGE, nextCursor, pageQuery } from '#shared/runtime/page.ts';
import { combatErrors } from './errors.ts';
import { CombatSessionView, LogEntryView, StatisticsView } from './shapes.ts';
import { combatTopic } from './topics.ts';

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

export const getLog = defineEndpoint({
  id: 'combat.get-log',
  method: 'GET',
  path: '/api/v1/combat/sessions/{combatId}/log',
  summary: "See what happened in one of the selected character's fights, from its beginning on",
  description:
    'Blows, healing, deaths and interrupted casts, added up by span of time, maker, target, ability and kind: by the ' +
    'second as long as 1,000 sums have room for the fight. A longer fight of many is added up by longer spans, then ' +
    'without abilities, at last without fighters; `spanMs`, `tellsAbilities` and `tellsFighters` say so. Nothing is left ' +
    'out. Only who fought may see it, for 30 days.',
  auth: 'character',
  params: z.strictObject({ combatId: CombatId }),
  query: pageQuery,
  success: 200,
  response: z.strictObject({
    spanMs: z.int().min(1).meta({ description: 'How long the spans of time are' }),
    tellsAbilities: z.boolean().meta({ description: 'Abilities are told apart' }),
    tellsFighters: z.boolean().meta({ description: 'Fighters are told apart, other than the NPC from them' }),
    entries: z.array(LogEntryView).max(MAX_PAGE),
    nextCursor,
  }),
  errors: ['combat.session_not_found'],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot see what happened in their fights.',
  budget: { readUnits: 3, writeUnits: 0 },
});

export const getStatistics = defineEndpoint({
  id: 'combat.get-statistics',
  method: 'GET',
  path: '/api/v1/combat/statistics',
  summary: "Get the totals of all the selected character's fights",
  auth: 'character',
  success: 200,
  response: StatisticsView,
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot see what they have done in fights.',
  budget: { readUnits: 1, writeUnits: 0 },
});

export const forgetCharacter = defineSubscriber({
  id: 'combat.forget-character',
  on: [CHARACTER_PURGED],
  needs: { table: 'write' },
  impact: 'What purged characters did in fights is kept for nobody.',
});

export const domain = defineDomain({
  name: 'combat',
  summary: 'Combat sessions, their logs and statistics.',
  errors: combatErrors,
  endpoints: [listSessions, getSession, getLog, getStatistics],
  subscribers: [forgetCharacter],
  topics: [combatTopic],
});
