import { characterIdsOf } from '#functions/character/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { jobHandler } from '#shared/runtime/job-handler.ts';
import { markUnusedGuests } from '../contract.ts';
import { guestStateOf } from '../rules.ts';
import { GUEST_SHARDS, listDueGuests, updateDue, updateUnused } from '../store-guests.ts';

/** Guests of one shard in one run; the rest waits for the next. */
const BATCH = 100;

/** Looks at guests whose time for a look has come. One who signs in meanwhile is left for the next run. */
export const handler = jobHandler(markUnusedGuests, async ({ nowMs, operation }) => {
  let processed = 0;
  for (let shard = 0; shard < GUEST_SHARDS; shard += 1) {
    for (const guest of await listDueGuests(shard, nowMs, BATCH)) {
      const hasCharacter = (await characterIdsOf(guest.accountId)).length > 0;
      const marked = guestStateOf(guest, hasCharacter, nowMs);
      const write = marked.state === 'UNUSED' ? updateUnused(guest) : updateDue(guest, marked.lookAgainAtMs);
      try {
        await operation(guest.accountId).commit({ writes: [write] });
        if (marked.state === 'UNUSED') processed += 1;
      } catch (error) {
        if (!(error instanceof GameError && error.code === 'request.conflict')) throw error;
      }
    }
  }
  return { processed };
});
