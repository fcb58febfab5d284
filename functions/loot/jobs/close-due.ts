import { GameError } from '#shared/contract/errors.ts';
import { jobHandler } from '#shared/runtime/job-handler.ts';
import { closeRoll } from '../close-roll.ts';
import { closeDue } from '../contract.ts';
import { settleDrop } from '../settle-drop.ts';
import { DUE_SHARDS } from '../store.ts';
import { listDue } from '../store-rolls.ts';

/** Of one shard in one run; the rest waits for the next. */
const PER_SHARD = 200;

/** Settles drops and decides rolls whose time is over and at which nobody has looked. */
export const handler = jobHandler(closeDue, async ({ nowMs }) => {
  const shards = await Promise.all(
    Array.from({ length: DUE_SHARDS }, async (_none, shard) => {
      const { rollIds, dropIds } = await listDue(shard, nowMs, PER_SHARD);
      let processed = 0;
      for (const dropId of dropIds) processed += await settled(() => settleDrop(dropId));
      for (const rollId of rollIds) processed += await settled(() => closeRoll(rollId));
      return processed;
    }),
  );
  return { processed: shards.reduce((sum, count) => sum + count, 0) };
});

/** One that loses its races is left to the next run. */
async function settled(settle: () => Promise<unknown>): Promise<number> {
  try {
    await settle();
    return 1;
  } catch (error) {
    if (!(error instanceof GameError)) throw error;
    return 0;
  }
}
