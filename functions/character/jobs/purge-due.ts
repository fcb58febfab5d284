import { GameError } from '#shared/contract/errors.ts';
import { jobHandler } from '#shared/runtime/job-handler.ts';
import { purgeDue } from '../contract.ts';
import { purge } from '../lifecycle.ts';
import { restorableUntilMs } from '../rules.ts';
import { DUE_SHARDS, getCharacter, listDue } from '../store.ts';

/** Characters of one shard in one run; the rest waits for the next. */
const BATCH = 50;

/** Removes deleted characters that nobody may restore any more. One that changes meanwhile is left for the next run. */
export const handler = jobHandler(purgeDue, async ({ nowMs, operation }) => {
  let processed = 0;
  for (let shard = 0; shard < DUE_SHARDS; shard += 1) {
    for (const characterId of await listDue('purge', shard, nowMs, BATCH)) {
      const character = await getCharacter(characterId);
      const dueAtMs = character && restorableUntilMs(character);
      if (!character || dueAtMs === undefined || dueAtMs > nowMs) continue;
      try {
        await operation(characterId).commit(await purge(character, nowMs));
        processed += 1;
      } catch (error) {
        if (!(error instanceof GameError && error.code === 'request.conflict')) throw error;
      }
    }
  }
  return { processed };
});
