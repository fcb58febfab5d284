import { ACCOUNT_ERASED } from '#events/account.ts';
import { characterIdsOf } from '#functions/character/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { event } from '#shared/events/changes.ts';
import { jobHandler } from '#shared/runtime/job-handler.ts';
import { eraseDue } from '../contract.ts';
import { ERASE_SHARDS, getAccount, listDue, updateErased } from '../store.ts';

/** Accounts of one shard in one run; the rest waits for the next. */
const BATCH = 100;

/** Decides by the account itself, not by the list: one that was restored a moment ago stays, as does one erased already. */
export const handler = jobHandler(eraseDue, async ({ nowMs, operation }) => {
  let processed = 0;
  for (let shard = 0; shard < ERASE_SHARDS; shard += 1) {
    for (const accountId of await listDue(shard, nowMs, BATCH)) {
      const account = await getAccount(accountId);
      if (account?.status !== 'DELETION_PENDING' || (account.eraseAtMs ?? nowMs) > nowMs) continue;
      const characterIds = [...(await characterIdsOf(accountId))];
      const erased = event(ACCOUNT_ERASED, {
        aggregateId: accountId,
        aggregateSeq: account.version + 1,
        data: { accountId, characterIds },
      });
      try {
        await operation(accountId).commit({ writes: [updateErased(account)], events: [erased] });
        processed += 1;
      } catch (error) {
        if (!(error instanceof GameError && error.code === 'request.conflict')) throw error;
      }
    }
  }
  return { processed };
});
