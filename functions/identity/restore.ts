import { getAccount, requireUsable, restored } from '#functions/account/public.ts';
import type { Changes } from '#shared/events/changes.ts';
import type { AccountId } from '#shared/kernel/ids.ts';

/**
 * Takes the deletion of an account back for an owner who has proven who they are; no changes where it is not deleted.
 * Opens no session: a second factor, where the account has one, is asked for by the sign-in that follows.
 * @throws GameError `auth.account_banned`; `gone` when there is no such account (any more).
 */
export async function restore(
  accountId: AccountId,
  nowMs: number,
  gone: string,
): Promise<{ readonly changes: Changes; readonly reply: { accountId: AccountId; status: 'ACTIVE' | 'BANNED' } }> {
  const account = await getAccount(accountId);
  if (account?.status === 'DELETION_PENDING') {
    return { changes: restored(account), reply: { accountId, status: account.ban ? 'BANNED' : 'ACTIVE' } };
  }
  requireUsable(account, nowMs, gone);
  return { changes: {}, reply: { accountId, status: 'ACTIVE' } };
}
