import { EMAIL_CHANGE_REQUESTED } from '#events/auth.ts';
import { getAccount } from '#functions/account/public.ts';
import { emailHash, getCredential } from '#functions/auth/public.ts';
import { event } from '#shared/events/changes.ts';
import { createId } from '#shared/kernel/ids.ts';
import { randomToken } from '#shared/kernel/random.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { changeEmail } from '../contract.ts';
import { credentialLimits } from '../rules.ts';
import { putEmailChange } from '../store.ts';

/** Does not look whether the address is somebody's: the mailer does, and tells nobody but the address itself. */
export const handler = endpointHandler(changeEmail, async ({ input, actor, nowMs, commit, fail }) => {
  const { accountId } = actor;
  const { newEmail } = input.body;
  const [account, credential] = await Promise.all([getAccount(accountId), getCredential(accountId)]);
  if (!account?.email || !credential) throw fail('credential.no_password');
  const newEmailHash = emailHash(newEmail);
  if (newEmailHash === credential.emailHash) throw fail('credential.email_unchanged');

  const requestId = createId('crq');
  return commit(
    {
      writes: [
        putEmailChange(
          {
            accountId,
            requestId,
            oldEmail: account.email,
            newEmail,
            newEmailHash,
            nonce: randomToken(16),
            credentialVersion: credential.version,
            expiresAtMs: nowMs + credentialLimits.emailChangeLifeMs,
          },
          nowMs,
        ),
      ],
      events: [
        event(EMAIL_CHANGE_REQUESTED, { aggregateId: requestId, aggregateSeq: 1, data: { accountId, requestId } }),
      ],
    },
    { accepted: true as const },
  );
});
