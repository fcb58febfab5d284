import { GameError } from '#shared/contract/errors.ts';
import { jobHandler } from '#shared/runtime/job-handler.ts';
import { endDue } from '../contract.ts';
import { lapsed } from '../negotiation.ts';
import { ended } from '../standing.ts';
import { DUE_SHARDS, getTrade, listDue } from '../store.ts';

/** Trades that one run ends in one shard; the rest waits for the next. */
const PER_RUN = 100;

/** Ends trades whose time is over and that nobody has looked at since. One that changes meanwhile is left alone. */
export const handler = jobHandler(endDue, async ({ nowMs, operation }) => {
  const shards = await Promise.all(
    Array.from({ length: DUE_SHARDS }, async (_none, shard) => {
      let processed = 0;
      for (const tradeId of await listDue(shard, nowMs, PER_RUN)) {
        const stored = await getTrade(tradeId);
        const trade = stored && lapsed(stored, nowMs);
        if (!stored || !trade || trade === stored) continue;
        try {
          await operation(tradeId).commit(ended(stored, trade));
          processed += 1;
        } catch (error) {
          if (!(error instanceof GameError && error.code === 'request.conflict')) throw error;
        }
      }
      return processed;
    }),
  );
  return { processed: shards.reduce((sum, count) => sum + count, 0) };
});
