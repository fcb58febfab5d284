import { GameError } from '#shared/contract/errors.ts';
import { jobHandler } from '#shared/runtime/job-handler.ts';
import { expireItems } from '../contract-loss.ts';
import { expiryChanges } from '../expire.ts';
import { EXPIRY_SHARDS, listExpired } from '../store.ts';

/** Most items of one shard that one run clears away; the rest waits for the next. */
const PER_SHARD = 200;

/** What is in escrow, or changes at this moment, is left for the next run. */
export const handler = jobHandler(expireItems, async ({ nowMs, operation }) => {
  let processed = 0;
  for (let shard = 0; shard < EXPIRY_SHARDS; shard += 1) {
    for (const item of await listExpired(shard, { nowMs, limit: PER_SHARD })) {
      const work = operation(item.itemId);
      try {
        const changes = await expiryChanges(item.itemId, { reason: 'expired', cause: work.id, atMs: nowMs });
        if (!changes) continue;
        await work.commit(changes);
        processed += 1;
      } catch (error) {
        if (!(error instanceof GameError && error.code === 'request.conflict')) throw error;
      }
    }
  }
  return { processed };
});
