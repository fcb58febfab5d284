import * as z from 'zod';
import { Instant } from '#events/fields.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineJob } from '#shared/contract/job.ts';
import { MINUTE_MS } from '#shared/kernel/clock.ts';
import { nextCursor, pageQuery } from '#shared/runtime/page.ts';
import { auditLimits } from './audit-rules.ts';
import { invariants } from './complaint.ts';

/** Every settlement is held against the ledger within this, or somebody has to look why not. */
const LAG_MS = 30 * MINUTE_MS;

export const auditValue = defineJob({
  id: 'custody.audit-value',
  schedule: 'rate(15 minutes)',
  needs: { table: 'write', ledger: true, scan: true },
  impact: 'Items or money may have been doubled or lost, or nobody looks whether they were.',
  memoryMb: 1024,
  timeoutSeconds: 300,
  reservedConcurrency: 1,
  alarms: [
    { metric: 'Faults', above: 0, periodMinutes: 15, what: 'The auditor of value has found a fault' },
    { metric: 'AuditLagMs', above: LAG_MS, periodMinutes: 15, what: 'The auditor of value cannot keep up' },
  ],
});

const Counts = z.strictObject({
  rows: z.int().min(0),
  items: z.int().min(0),
  settlements: z.int().min(0),
  minted: z.int().meta({ description: 'Pieces that were made' }),
  live: z.int().min(0).meta({ description: 'Pieces that somebody or something in the game has' }),
  escrowed: z.int().min(0).meta({ description: 'Pieces in the hands of settlements' }),
  sunk: z.int().min(0).meta({ description: 'Pieces that are out of the game' }),
});

const Walk = z.strictObject({
  number: z.int().min(1),
  startedAt: Instant,
  endedAt: Instant.optional().meta({ description: 'Unset: it is under way' }),
  counts: Counts,
});

export const viewAudit = defineEndpoint({
  id: 'custody.view-audit',
  method: 'GET',
  path: '/api/v1/admin/custody/audit',
  summary: 'See what the auditor of value has found in its last runs, newest first',
  description:
    'It runs every 15 minutes: through all that the ledger has decided since, a part of its accounts, what waits for too ' +
    'long, and a part of the whole table. A fault stays open, and is looked at again by every run, until it is gone. Reports ' +
    'stay for 90 days.',
  auth: 'account',
  roles: ['moderator', 'gm', 'admin'],
  query: pageQuery,
  success: 200,
  response: z.strictObject({
    runs: z
      .array(
        z.strictObject({
          at: Instant,
          tookMs: z.int().min(0),
          faults: z.int().min(0).meta({ description: 'Open then; 0: all is well, as far as anybody has looked' }),
          complaints: z
            .array(z.strictObject({ invariant: z.enum(invariants), text: z.string() }))
            .max(auditLimits.complaints)
            .meta({ description: 'The first of them' }),
          decided: z.int().min(0).meta({ description: 'Decisions of the ledger that were looked at' }),
          accounts: z.int().min(0),
          rows: z.int().min(0).meta({ description: 'Rows of the table' }),
          lagMs: z.int().min(0).meta({ description: 'How far back the first decision lies that was not looked at' }),
        }),
      )
      .max(100),
    open: z
      .array(z.strictObject({ invariant: z.enum(invariants), text: z.string(), since: Instant }))
      .max(auditLimits.openFaults)
      .meta({ description: 'Faults that are not known to be gone, the oldest first' }),
    walk: Walk.optional().meta({ description: 'The walk through the whole table that is under way' }),
    lastWalk: Walk.optional().meta({ description: 'The last one that came to its end' }),
    nextCursor,
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Operators do not see whether value is as it must be.',
  budget: { readUnits: 200, writeUnits: 0 },
});
