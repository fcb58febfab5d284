import { GameError } from '#shared/contract/errors.ts';
import { jobHandler } from '#shared/runtime/job-handler.ts';
import { endCharters } from '../contract.ts';
import { end } from '../membership.ts';
import type { Guild } from '../rules.ts';
import { DUE_SHARDS, listVoidCharters, readGuild } from '../store.ts';

/** Charters of one shard that one run ends; the rest waits for the next. */
const PER_SHARD = 100;

/** Ends charters that too few have signed in time: their names and their signers are free again. */
export const handler = jobHandler(endCharters, async ({ nowMs, operation }) => {
  const endOne = async ({ guildId }: Guild): Promise<number> => {
    const guild = await readGuild(guildId);
    if (!guild?.charter || guild.charter.endsAtMs > nowMs) return 0;
    try {
      await operation(guildId).commit(end(guild, guild.charter.signers[0]!, 'expired'));
      return 1;
    } catch (error) {
      // Somebody has withdrawn meanwhile: the next run looks again.
      if (!(error instanceof GameError && error.code === 'request.conflict')) throw error;
      return 0;
    }
  };
  const shards = await Promise.all(
    Array.from({ length: DUE_SHARDS }, async (_none, shard) => {
      let processed = 0;
      for (const due of await listVoidCharters(shard, nowMs, PER_SHARD)) processed += await endOne(due);
      return processed;
    }),
  );
  return { processed: shards.reduce((sum, count) => sum + count, 0) };
});
