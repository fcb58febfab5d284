import { MINUTE_MS } from '#shared/kernel/clock.ts';
import { jobHandler } from '#shared/runtime/job-handler.ts';
import { sweepOutbox } from '../contract.ts';
import { publishRows } from '../publisher.ts';
import { listUnsent } from '../store.ts';

/** Younger rows are still the relay's. */
const GRACE_MS = MINUTE_MS;
/** 16 shards × 25 rows a minute: far above what a healthy relay leaves behind, and bounded. */
const ROWS_PER_SHARD = 25;

export const handler = jobHandler(sweepOutbox, async ({ nowMs }) => {
  const rows = await listUnsent(nowMs - GRACE_MS, ROWS_PER_SHARD);
  const failed = await publishRows(rows);
  return { processed: rows.length - failed.size };
});
