import { attemptByAddress } from '#functions/auth/public.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { restoreAccount } from '../contract.ts';
import { restored } from '../restore.ts';
import { requireUsable } from '../standing.ts';
import { getAccount } from '../store.ts';

/** Opens no session: a second factor, where the account has one, is asked for by the login that follows. */
export const handler = endpointHandler(restoreAccount, async ({ input, request, nowMs, commit, fail }) => {
  const { email, password, deviceToken, proof } = input.body;
  const proven = await attemptByAddress(email, { password, caller: request, deviceToken, proof, nowMs });
  if (!proven) throw fail('auth.credentials_invalid');
  const { credential, writes } = proven;

  return withConflictRetry(async () => {
    const account = await getAccount(credential.accountId);
    const { accountId } = credential;
    if (account?.status === 'DELETION_PENDING') {
      const status = account.ban ? ('BANNED' as const) : ('ACTIVE' as const);
      return commit(mergeChanges({ writes }, restored(account)), { accountId, status });
    }
    const { status } = requireUsable(account, nowMs, 'auth.credentials_invalid');
    return commit({ writes }, { accountId, status });
  });
});
