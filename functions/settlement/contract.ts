import * as z from 'zod';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineJob } from '#shared/contract/job.ts';
import { defineTrigger } from '#shared/contract/trigger.ts';
import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { Slug, TransactionId } from '#shared/kernel/ids.ts';
import { settlementErrors } from '#shared/settlement/errors.ts';
import { TAKE_OVER_AFTER_MS } from '#shared/settlement/take-over.ts';

export const SettlementView = z.strictObject({
  transactionId: TransactionId,
  kind: Slug.meta({ description: 'What kind of business it is', examples: ['trade'] }),
  status: z
    .enum(['PENDING', 'DELIVERED', 'RETURNED'])
    .meta({ description: 'Under way; done; or given up, with everything back where it was' }),
  preparedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional().meta({ description: 'Unset while it is under way' }),
  reply: z.unknown().optional().meta({ description: 'What the call answers, of one that was delivered' }),
  code: z.string().max(96).optional().meta({ description: 'Why it was given up, as the call refuses it' }),
});

export const getSettlement = defineEndpoint({
  id: 'settlement.get-settlement',
  method: 'GET',
  path: '/api/v1/settlements/{transactionId}',
  summary: 'Ask how a transaction of your own ended',
  description:
    'For calls that were answered 202: value was on its way and a store did not answer. It ends within minutes.',
  auth: 'account',
  params: z.strictObject({ transactionId: TransactionId }),
  success: 200,
  response: SettlementView,
  errors: ['settlement.not_found'],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players do not learn how a transaction in doubt has ended.',
  budget: { readUnits: 8, writeUnits: 0 },
});

/** A worker has 30 s, and the sweeper comes every minute: what is older than this is not coming to an end. */
const OLDEST_PENDING_MS = 2 * MINUTE_MS;

export const sweepPending = defineJob({
  id: 'settlement.sweep-pending',
  schedule: 'rate(1 minute)',
  needs: { table: 'write', ledger: true },
  impact: 'Items and money of settlements whose worker died stay in escrow.',
  timeoutSeconds: 55,
  alarms: [
    {
      metric: 'OldestPendingMs',
      above: OLDEST_PENDING_MS,
      periodMinutes: 1,
      what: 'A settlement has been under way for more than 2 minutes',
    },
  ],
});

export const noteBegun = defineTrigger({
  id: 'settlement.note-begun',
  trigger: { kind: 'table-stream', filter: 'settlements' },
  needs: { queues: ['settlement-check'] },
  impact: 'Settlements whose worker died end up to a minute later: by the sweeper alone.',
  timeoutSeconds: 10,
});

export const endLeft = defineTrigger({
  id: 'settlement.end-left',
  trigger: { kind: 'queue', queue: 'settlement-check', delaySeconds: TAKE_OVER_AFTER_MS / SECOND_MS },
  needs: { table: 'write', ledger: true },
  impact: 'Settlements whose worker died end up to a minute later: by the sweeper alone.',
  timeoutSeconds: 30,
});

export const domain = defineDomain({
  name: 'settlement',
  summary: 'Value on its way between two stores: how it ended, and who ends what was left.',
  errors: settlementErrors,
  endpoints: [getSettlement],
  jobs: [sweepPending],
  triggers: [noteBegun, endLeft],
});
