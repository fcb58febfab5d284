import { ACCOUNT_DELETION_REQUESTED } from '#events/account.ts';
import { closeAllSessions } from '#functions/session/public.ts';
import { isStaff } from '#shared/contract/endpoint.ts';
import { event, mergeChanges } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { deleteAccount } from '../contract.ts';
import { accountLimits } from '../rules.ts';
import { getAccount, updateDeleted } from '../store.ts';

/**
 * Ends all other sessions with the commit. The one that asks is a condition of that commit, so a transaction cannot end
 * it too: `account.close-sessions` does a moment later.
 */
export const handler = endpointHandler(deleteAccount, ({ actor: { accountId, sessionId }, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const account = await getAccount(accountId);
    if (!account || account.status === 'ERASED') throw fail('request.not_found');
    if (account.status === 'DELETION_PENDING') return { eraseAt: toIso(account.eraseAtMs ?? nowMs) };
    // Whoever may take away roles is then never alone in holding them.
    if (isStaff(account.roles)) throw fail('account.staff');

    const eraseAtMs = nowMs + accountLimits.undoDeletionMs;
    const eraseAt = toIso(eraseAtMs);
    const requested = event(ACCOUNT_DELETION_REQUESTED, {
      aggregateId: accountId,
      aggregateSeq: account.version + 1,
      data: { accountId, eraseAt },
    });
    const closed = await closeAllSessions(accountId, 'account_deleted', nowMs, { except: sessionId });
    return commit(mergeChanges({ writes: [updateDeleted(account, eraseAtMs)], events: [requested] }, closed), {
      eraseAt,
    });
  }),
);
