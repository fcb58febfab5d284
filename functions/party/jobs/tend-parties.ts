import { GameError } from '#shared/contract/errors.ts';
import { jobHandler } from '#shared/runtime/job-handler.ts';
import { attend } from '../attendance.ts';
import { tendParties } from '../contract.ts';
import type { Party } from '../rules.ts';
import { DUE_SHARDS, listDueParties, readParty } from '../store.ts';

/** Parties of one shard that one run looks at; the rest waits for the next. */
const PER_SHARD = 200;

/** Looks at parties whose leader or all of whose members have been away for long enough. */
export const handler = jobHandler(tendParties, async ({ nowMs, operation }) => {
  const tend = async ({ partyId }: Party): Promise<number> => {
    const party = await readParty(partyId);
    if (!party) return 0;
    try {
      await operation(partyId).commit(await attend(party, nowMs));
      return 1;
    } catch (error) {
      // It has changed meanwhile: the next run looks again where that is due.
      if (!(error instanceof GameError && error.code === 'request.conflict')) throw error;
      return 0;
    }
  };
  const shards = await Promise.all(
    Array.from({ length: DUE_SHARDS }, async (_none, shard) => {
      let processed = 0;
      for (const due of await listDueParties(shard, nowMs, PER_SHARD)) processed += await tend(due);
      return processed;
    }),
  );
  return { processed: shards.reduce((sum, count) => sum + count, 0) };
});
