import { ACCOUNT_RESTORED } from '#events/account.ts';
import { type Changes, event } from '#shared/events/changes.ts';
import { type Account, updateRestored } from './store.ts';

/** Takes the deletion of an account back; its owner has proven who they are. Whoever changes it first wins. */
export function restored(account: Account): Changes {
  const { accountId, version } = account;
  return {
    writes: [updateRestored(account)],
    events: [event(ACCOUNT_RESTORED, { aggregateId: accountId, aggregateSeq: version + 1, data: { accountId } })],
  };
}
