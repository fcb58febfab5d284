import { VALUE_FAULTS_FOUND } from '#events/custody.ts';
import { event } from '#shared/events/changes.ts';
import { clock } from '#shared/kernel/clock.ts';
import { jobHandler } from '#shared/runtime/job-handler.ts';
import { log } from '#shared/telemetry/log.ts';
import { emitMetrics } from '#shared/telemetry/metrics.ts';
import { auditAccounts, auditDecisions } from '../audit-ledger.ts';
import { auditLimits } from '../audit-rules.ts';
import { auditSupply } from '../audit-supply.ts';
import { auditTable } from '../audit-table.ts';
import { auditWaiting } from '../audit-waiting.ts';
import { type Complaint, invariants } from '../complaint.ts';
import { auditValue } from '../contract-audit.ts';
import { followUp, kept } from '../open-faults.ts';
import { progressWrite, type Run, readProgress, runWrite } from '../store-audit.ts';

/** Most complaints that the event of a run tells. */
const TOLD = 10;

/**
 * Goes on where the run before ended: through what the ledger has decided since, its accounts, what waits, and the whole
 * table, a bounded part each time. What was found stays open until it is gone, and is on the metrics of every run; the event
 * tells of what is new. Of two runs at once one counts; the other's faults are on its metrics all the same.
 */
export const handler = jobHandler(auditValue, async ({ nowMs, operation }) => {
  const progress = await readProgress(nowMs);
  const decisions = await auditDecisions(progress, nowMs);
  const accounts = await auditAccounts(progress.account, nowMs);
  const waiting = await auditWaiting(nowMs);
  const supply = await auditSupply(nowMs);
  const table = await auditTable(progress.walk, nowMs);
  const found: readonly Complaint[] = [
    ...decisions.complaints,
    ...accounts.complaints,
    ...waiting,
    ...supply.complaints,
    ...table.complaints,
  ];
  const walkHasEnded = table.walked !== undefined;
  const { open, fresh } = await followUp(progress.open, found, { nowMs, walkHasEnded });
  const complaints = [...fresh, ...open.filter(({ sinceMs }) => sinceMs < nowMs)].map(plain);
  const run: Run = {
    atMs: nowMs,
    tookMs: clock.nowMs() - nowMs,
    faults: complaints.length,
    complaints: complaints.slice(0, auditLimits.complaints),
    decided: decisions.count,
    accounts: accounts.count,
    rows: table.rows,
    lagMs: decisions.lagMs,
  };
  measure(run, complaints, supply.changes);
  const next = {
    version: progress.version,
    decided: decisions.decided,
    account: accounts.account,
    underWay: decisions.underWay,
    walk: table.walk,
    open: kept(open),
    walked: table.walked ?? progress.walked,
  };
  await operation('run').commit({
    writes: [progressWrite(next), runWrite(run)],
    events: fresh.length === 0 ? [] : [toldOf(run, progress.version + 1)],
  });
  return { processed: run.decided + run.accounts + run.rows };
});

function plain({ invariant, text }: Complaint): Complaint {
  return { invariant, text };
}

function toldOf({ faults, complaints }: Run, aggregateSeq: number) {
  const data = { faults, complaints: complaints.slice(0, TOLD).map(({ invariant, text }) => `${invariant} ${text}`) };
  return event(VALUE_FAULTS_FOUND, { aggregateId: 'value-audit', aggregateSeq, data });
}

function measure(run: Run, complaints: readonly Complaint[], changes: ReadonlyMap<string, bigint>): void {
  const { atMs, faults, lagMs, rows } = run;
  const of = (invariant: string) => complaints.filter((one) => one.invariant === invariant).length;
  emitMetrics(
    { Job: auditValue.id },
    {
      Faults: [faults, 'Count'],
      ...Object.fromEntries(invariants.map((one) => [`Faults${one}`, [of(one), 'Count'] as const])),
      AuditLagMs: [lagMs, 'Milliseconds'],
      RowsWalked: [rows, 'Count'],
    },
    {},
    atMs,
  );
  for (const [currency, change] of changes) {
    emitMetrics({ Job: auditValue.id, Currency: currency }, { SupplyChange: [Number(change), 'None'] }, {}, atMs);
  }
  for (const { invariant, text } of run.complaints) log().error('value is not as it must be', { invariant, text });
}
