import { EMAIL_CHANGE_UNDONE, PASSWORD_CHANGED } from '#events/auth.ts';
import { getAccount, updateEmail } from '#functions/account/public.ts';
import {
  accountOfMailToken,
  findAccountId,
  getCredential,
  hashNewPassword,
  isSameToken,
  mailTokenOf,
  restoreAddress,
} from '#functions/auth/public.ts';
import { closeAllSessions } from '#functions/session/public.ts';
import { event, mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { secret } from '#shared/runtime/secrets.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { undoEmail } from '../contract.ts';
import { undoableAt, withoutUndone } from '../rules.ts';
import { getEmailUndo, putEmailUndo } from '../store-undo.ts';

/**
 * Good whatever the credential has become since: the link is for somebody from whom the account was taken, and the thief
 * knows how to change everything else.
 */
export const handler = endpointHandler(undoEmail, async ({ input, nowMs, commit, fail }) => {
  const { token, newPassword } = input.body;
  const accountId = accountOfMailToken(token);
  const key = await secret('mail-token-key');
  const read = async () => {
    const undo = await getEmailUndo(accountId);
    const change = undoableAt(undo, nowMs).find(({ nonce }) =>
      isSameToken(token, mailTokenOf(key, 'undo-email', accountId, nonce)),
    );
    const credential = change && (await getCredential(accountId));
    if (!credential) throw fail('auth.mail_token_invalid');
    return { undo, change, credential };
  };
  const before = await read();
  const passwordHash = await hashNewPassword(before.credential, newPassword, before.change.oldEmail);

  await withConflictRetry(async () => {
    const { undo, change, credential } = await read();
    const { requestId, oldEmail, oldEmailHash } = change;
    const [account, holder] = await Promise.all([getAccount(accountId), findAccountId(oldEmailHash)]);
    if (!account) throw fail('auth.mail_token_invalid');
    if (holder && holder !== accountId) throw fail('credential.address_in_use');

    const undone = {
      writes: [
        putEmailUndo(withoutUndone(undo, change, nowMs), undo, nowMs),
        ...restoreAddress(credential, oldEmailHash, passwordHash),
        updateEmail(account, oldEmail),
      ],
      events: [
        event(EMAIL_CHANGE_UNDONE, { aggregateId: requestId, aggregateSeq: 3, data: { accountId, requestId } }),
        event(PASSWORD_CHANGED, {
          aggregateId: accountId,
          aggregateSeq: credential.version + 1,
          data: { accountId, via: 'reset' },
        }),
      ],
    };
    await commit(mergeChanges(undone, await closeAllSessions(accountId, 'password_changed', nowMs)));
  });
});
