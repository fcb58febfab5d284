import { jobHandler } from '#shared/runtime/job-handler.ts';
import { MAX_PAGE } from '#shared/runtime/page.ts';
import { emitMetrics } from '#shared/telemetry/metrics.ts';
import { watchQueue } from '../contract.ts';
import { longestUrgentMs } from '../rules.ts';
import { listCases } from '../store.ts';

const QUEUES = ['open', 'watching'] as const;

/** Measures how long urgent cases have waited: the alarm on it tells somebody to look. */
export const handler = jobHandler(watchQueue, async ({ nowMs }) => {
  const pages = await Promise.all(QUEUES.map((state) => listCases(state, { limit: MAX_PAGE, after: undefined })));
  const cases = pages.flatMap(({ entries }) => entries);
  const urgentMs = longestUrgentMs(cases, nowMs);
  emitMetrics({ Job: watchQueue.id }, { LongestUrgentMs: [urgentMs, 'Milliseconds'] }, {}, nowMs);
  return { processed: cases.length };
});
