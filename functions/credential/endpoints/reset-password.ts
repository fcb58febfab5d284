import { PASSWORD_CHANGED } from '#events/auth.ts';
import { getAccount } from '#functions/account/public.ts';
import {
  type Credential,
  getCredential,
  hashNewPassword,
  isSameToken,
  mailTokenOf,
  replacePassword,
  requestOfMailToken,
} from '#functions/auth/public.ts';
import { closeAllSessions } from '#functions/session/public.ts';
import { event, mergeChanges } from '#shared/events/changes.ts';
import { AccountId } from '#shared/kernel/ids.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { secret } from '#shared/runtime/secrets.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { resetPassword } from '../contract.ts';
import { isOpen } from '../rules.ts';
import { getPasswordReset, useReset } from '../store.ts';

export const handler = endpointHandler(resetPassword, async ({ input, nowMs, commit, fail }) => {
  const { token, newPassword } = input.body;
  const requestId = requestOfMailToken(token);
  const reset = await getPasswordReset(requestId);
  const genuine = mailTokenOf(await secret('mail-token-key'), 'reset-password', requestId, reset?.nonce ?? '');
  if (!reset || !isSameToken(token, genuine) || !isOpen(reset, nowMs)) throw fail('auth.mail_token_invalid');

  const accountId = AccountId.parse(reset.accountId);
  /** The link is good for one state of the credential: any change of password or address since has ended it. */
  const current = async (): Promise<Credential> => {
    const credential = await getCredential(accountId);
    if (!credential || credential.version !== reset.credentialVersion) throw fail('auth.mail_token_invalid');
    return credential;
  };
  const email = (await getAccount(accountId))?.email ?? '';
  const passwordHash = await hashNewPassword(await current(), newPassword, email);

  await withConflictRetry(async () => {
    const credential = await current();
    const changed = {
      writes: [useReset(reset, nowMs), ...replacePassword(credential, passwordHash)],
      events: [
        event(PASSWORD_CHANGED, {
          aggregateId: accountId,
          aggregateSeq: credential.version + 1,
          data: { accountId, via: 'reset' },
        }),
      ],
    };
    await commit(mergeChanges(changed, await closeAllSessions(accountId, 'password_changed', nowMs)));
  });
});
