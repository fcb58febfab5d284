import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { updateAccount } from '../contract.ts';
import { getAccount, updateProfile } from '../store.ts';
import { viewOf } from '../view.ts';

export const handler = endpointHandler(updateAccount, ({ input, actor, commit, fail }) =>
  withConflictRetry(async () => {
    const account = await getAccount(actor.accountId);
    if (!account) throw fail('request.not_found');
    return commit({ writes: [updateProfile(account, input.body)] }, viewOf({ ...account, ...input.body }));
  }),
);
