import { PASSWORD_CHANGED } from '#events/auth.ts';
import { getAccount } from '#functions/account/public.ts';
import { attemptByOwner, getCredential, hashNewPassword, replacePassword } from '#functions/auth/public.ts';
import { closeAllSessions, requireActiveSession } from '#functions/session/public.ts';
import { event, mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { changePassword } from '../contract.ts';

export const handler = endpointHandler(changePassword, async ({ input, actor, request, nowMs, commit, fail }) => {
  const { accountId, sessionId } = actor;
  const { currentPassword, newPassword } = input.body;
  const credential = await getCredential(accountId);
  if (!credential) throw fail('credential.no_password');
  const proven = await attemptByOwner(credential, { password: currentPassword, caller: request, nowMs });
  if (!proven) throw fail('credential.password_wrong');
  const email = (await getAccount(accountId))?.email ?? '';
  const passwordHash = await hashNewPassword(credential, newPassword, email);

  await withConflictRetry(async () => {
    const current = await getCredential(accountId);
    // Somebody has changed it since: what was proven is not the current password any more.
    if (current?.passwordHash !== credential.passwordHash) throw fail('credential.password_wrong');
    const changed = {
      writes: [...replacePassword(current, passwordHash), requireActiveSession(sessionId)],
      events: [
        event(PASSWORD_CHANGED, {
          aggregateId: accountId,
          aggregateSeq: current.version + 1,
          data: { accountId, via: 'change' },
        }),
      ],
    };
    const others = await closeAllSessions(accountId, 'password_changed', nowMs, { except: sessionId });
    await commit(mergeChanges(changed, others));
  });
});
