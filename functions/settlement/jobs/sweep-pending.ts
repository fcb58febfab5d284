import { jobHandler } from '#shared/runtime/job-handler.ts';
import { sweep } from '#shared/settlement/sweep.ts';
import { emitMetrics } from '#shared/telemetry/metrics.ts';
import { sweepPending } from '../contract.ts';
import { settlementKinds } from '../kinds.ts';
import { settlementPorts } from '../public.ts';

/** Every minute: what no worker has ended within 30 s is ended here. The age of the oldest is what operators watch. */
export const handler = jobHandler(sweepPending, async ({ nowMs }) => {
  const { ended, left, oldestMs } = await sweep(settlementPorts, settlementKinds, nowMs);
  emitMetrics(
    { Job: sweepPending.id },
    { OldestPendingMs: [oldestMs, 'Milliseconds'], LeftPending: [left, 'Count'] },
    {},
    nowMs,
  );
  return { processed: ended };
});
