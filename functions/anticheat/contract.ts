import * as z from 'zod';
import { accountErrors } from '#functions/account/errors.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineJob } from '#shared/contract/job.ts';
import { AccountId, CharacterId } from '#shared/kernel/ids.ts';
import { nextCursor, pageQuery } from '#shared/runtime/page.ts';
import { anticheatErrors } from './errors.ts';
import { caseLimits } from './rules.ts';
import { CaseStateName, CaseSummary, CaseView, LogEntryView, ReportView, ReviewBody } from './shapes.ts';

const staff = { auth: 'account', roles: ['moderator', 'gm', 'admin'], success: 200 } as const;
const params = z.strictObject({ accountId: AccountId });

/** Every look at a player is written into the log, and takes a step-up as every act of staff. */
const look = {
  ...staff,
  method: 'GET',
  stepUp: true,
  errors: ['anticheat.not_found'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
} as const;

export const listCases = defineEndpoint({
  ...staff,
  id: 'anticheat.list-cases',
  method: 'GET',
  path: '/api/v1/admin/anticheat/cases',
  summary: 'List the cases in a state, those with the most against them first',
  description: 'Up to a second old. Those decided on come by when that was, the newest first.',
  query: pageQuery.extend({ state: CaseStateName.default('open') }),
  response: z.strictObject({ cases: z.array(CaseSummary).max(100), nextCursor }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Staff do not see who is suspected of cheating.',
  budget: { readUnits: 40, writeUnits: 0 },
});

export const viewCase = defineEndpoint({
  ...look,
  id: 'anticheat.view-case',
  path: '/api/v1/admin/anticheat/cases/{accountId}',
  summary: 'See what is held against an account, check by check, with what was measured',
  description: 'That you looked is written into the log.',
  params,
  response: CaseView,
  impact: 'Staff cannot see why somebody is suspected.',
  budget: { readUnits: 12, writeUnits: 8 },
});

export const viewHistory = defineEndpoint({
  ...look,
  id: 'anticheat.view-history',
  path: '/api/v1/admin/anticheat/characters/{characterId}/history',
  summary: 'See what zones have reported of a character, newest first',
  description: `Kept for ${caseLimits.keptMs / 86_400_000} days. That you looked is written into the log of its account.`,
  params: z.strictObject({ characterId: CharacterId }),
  query: pageQuery,
  response: z.strictObject({ reports: z.array(ReportView).max(100), nextCursor }),
  impact: 'Staff cannot see since when somebody is suspected.',
  budget: { readUnits: 80, writeUnits: 8 },
});

export const listLog = defineEndpoint({
  ...staff,
  id: 'anticheat.list-log',
  method: 'GET',
  path: '/api/v1/admin/anticheat/cases/{accountId}/log',
  summary: 'See which staff looked at a case and what they have decided, newest first',
  description: 'Kept for good.',
  params,
  query: pageQuery,
  response: z.strictObject({ entries: z.array(LogEntryView).max(100), nextCursor }),
  errors: ['anticheat.not_found'],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Nobody can check what staff have decided.',
  budget: { readUnits: 24, writeUnits: 0 },
});

export const reviewCase = defineEndpoint({
  ...staff,
  id: 'anticheat.review-case',
  method: 'POST',
  stepUp: true,
  path: '/api/v1/admin/anticheat/cases/{accountId}/review',
  summary: 'Decide on a case',
  description:
    'Only on what you have seen: when somebody else has decided meanwhile, or the case was opened again, it is refused. ' +
    'Nobody decides on their own account or on one that stands as high. A suspension ends by itself, and leaves a ban that ' +
    'lasts longer as it is; bans for good are given through the account.',
  params,
  body: ReviewBody,
  response: CaseView,
  errors: [
    'anticheat.not_found',
    'anticheat.case_changed',
    'account.own_account',
    'account.outranked',
    'account.closed',
  ],
  idempotency: 'key',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Staff cannot act on cheaters, nor clear those who are none.',
  budget: { readUnits: 40, writeUnits: 150 },
});

/** Looks at the weightiest cases of each queue: whatever is urgent is among them, unless staff have given up altogether. */
export const watchQueue = defineJob({
  id: 'anticheat.watch-queue',
  schedule: 'rate(1 hour)',
  needs: { table: 'read' },
  impact: 'Nobody is told when urgent cases of cheating wait for long.',
  alarms: [
    {
      metric: 'LongestUrgentMs',
      above: caseLimits.urgentWaitsMs,
      periodMinutes: 60,
      what: 'An urgent case of cheating waits for a decision',
    },
  ],
});

export const domain = defineDomain({
  name: 'anticheat',
  summary: 'Who is suspected of cheating, why, and what staff decide about it.',
  errors: anticheatErrors,
  foreignErrors: [accountErrors],
  endpoints: [listCases, viewCase, viewHistory, listLog, reviewCase],
  jobs: [watchQueue],
});
