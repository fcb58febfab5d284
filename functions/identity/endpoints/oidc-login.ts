import { createAccount, getAccount, requireUsable } from '#functions/account/public.ts';
import { emailHash, findAccountId, signIn } from '#functions/auth/public.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { createId } from '#shared/kernel/ids.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { admit } from '../admit.ts';
import { oidcLogin } from '../external-contract.ts';
import { proveIdentity } from '../prove-identity.ts';
import { checkClaim, findClaim, putClaim, putIdentities } from '../store.ts';

export const handler = endpointHandler(oidcLogin, async ({ input, request, nowMs, commit, fail }) => {
  const { deviceName, deviceToken, locale, ...answer } = input.body;
  const { identity, useNonce } = await proveIdentity(input.params.provider, answer, nowMs);
  const { provider, subjectHash, verifiedEmail } = identity;

  return withConflictRetry(async () => {
    const holder = await findClaim(subjectHash);
    if (holder) {
      const account = requireUsable(await getAccount(holder), nowMs, 'identity.token_invalid');
      const { changes, reply } = await admit({
        account,
        deviceName,
        deviceToken,
        caller: request,
        method: 'external',
        nowMs,
      });
      return commit(mergeChanges({ writes: [useNonce, checkClaim(subjectHash, holder)] }, changes), reply);
    }
    if (verifiedEmail && (await findAccountId(emailHash(verifiedEmail)))) throw fail('identity.email_in_use');

    const accountId = createId('acc');
    const created = createAccount({ accountId, locale, via: 'external', nowMs });
    const { changes, reply } = await signIn({
      account: created.account,
      isFirst: true,
      deviceName,
      userAgent: request.userAgent,
      ip: request.ip,
      method: 'external',
      nowMs,
    });
    const nothing = { accountId, linked: [], version: 0 };
    const claimed = {
      writes: [
        useNonce,
        putClaim(subjectHash, accountId),
        putIdentities(nothing, [{ provider, subjectHash, linkedAtMs: nowMs }]),
      ],
    };
    return commit(mergeChanges(claimed, created, changes), reply);
  });
});
