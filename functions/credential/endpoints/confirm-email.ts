import { EMAIL_CHANGED } from '#events/auth.ts';
import { getAccount, updateEmail } from '#functions/account/public.ts';
import {
  accountOfMailToken,
  findAccountId,
  getCredential,
  isSameToken,
  mailTokenOf,
  moveToAddress,
} from '#functions/auth/public.ts';
import { event } from '#shared/events/changes.ts';
import { CredentialRequestId } from '#shared/kernel/ids.ts';
import { randomToken } from '#shared/kernel/random.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { secret } from '#shared/runtime/secrets.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { confirmEmail } from '../contract.ts';
import { withUndoable } from '../rules.ts';
import { confirmEmailChange, getEmailChange } from '../store.ts';
import { getEmailUndo, putEmailUndo } from '../store-undo.ts';

export const handler = endpointHandler(confirmEmail, async ({ input, nowMs, commit, fail }) => {
  const { token } = input.body;
  const accountId = accountOfMailToken(token);
  const key = await secret('mail-token-key');

  await withConflictRetry(async () => {
    const change = await getEmailChange(accountId);
    const genuine = mailTokenOf(key, 'change-email', accountId, change?.nonce ?? '');
    if (!change || !isSameToken(token, genuine) || change.expiresAtMs <= nowMs) throw fail('auth.mail_token_invalid');
    // The same link, followed again.
    if (change.confirmedAtMs !== undefined) return;

    const [account, credential, holder, undo] = await Promise.all([
      getAccount(accountId),
      getCredential(accountId),
      findAccountId(change.newEmailHash),
      getEmailUndo(accountId),
    ]);
    const isStale = credential?.version !== change.credentialVersion;
    // Another account has taken the address meanwhile, or the password was changed: then the wish may not be the owner's.
    if (!account || !credential || isStale || holder) throw fail('auth.mail_token_invalid');

    const { newEmail, newEmailHash, oldEmail } = change;
    const requestId = CredentialRequestId.parse(change.requestId);
    const { emailHash: oldEmailHash } = credential;
    const left = { requestId, oldEmail, oldEmailHash, nonce: randomToken(16), changedAtMs: nowMs };
    await commit({
      writes: [
        confirmEmailChange(change, nowMs),
        putEmailUndo(withUndoable(undo, left), undo, nowMs),
        ...moveToAddress(credential, newEmailHash),
        updateEmail(account, newEmail),
      ],
      events: [event(EMAIL_CHANGED, { aggregateId: requestId, aggregateSeq: 2, data: { accountId, requestId } })],
    });
  });
});
