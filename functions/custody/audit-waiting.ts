import { listUnsent } from '#functions/platform/public.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { ledger } from '#shared/ledger/ledger.ts';
import { listPending, PENDING_SHARDS } from '#shared/settlement/store.ts';
import { auditLimits } from './audit-rules.ts';
import { type Complaint, complain } from './complaint.ts';

/** What waits for longer than it may: settlements (V5), events of the table and of the ledger (V7). */
export async function auditWaiting(nowMs: number): Promise<readonly Complaint[]> {
  const { pendingMs, unsentMs, waiting: limit } = auditLimits;
  const shards = Array.from({ length: PENDING_SHARDS }, (_none, shard) => shard);
  const [pending, unsent, untold] = await Promise.all([
    Promise.all(shards.map((shard) => listPending(shard, { beforeMs: nowMs - pendingMs, limit }))),
    listUnsent(nowMs - unsentMs, 1),
    ledger().untold(limit),
  ]);
  return [
    ...complain(
      'V5',
      pending.flat().map(({ transactionId, preparedAtMs }) => {
        return `${transactionId} has been under way since ${toIso(preparedAtMs)}`;
      }),
    ),
    ...complain(
      'V7',
      unsent.map(({ operationId }) => `what ${operationId} has to tell waits in the outbox`),
    ),
    ...complain(
      'V7',
      untold
        .filter(({ decidedAtMs }) => decidedAtMs < nowMs - unsentMs)
        .map(({ id }) => `what ${id} has moved waits in the ledger's outbox`),
    ),
  ];
}
