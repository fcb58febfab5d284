import { getAccount, requireUsable } from '#functions/account/public.ts';
import { openChallenge, secondFactorOf } from '#functions/mfa/public.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { login } from '../contract.ts';
import { attemptByAddress } from '../password-attempt.ts';
import { noteSecondFactorDue, signIn } from '../sign-in.ts';
import { setPassword, updateCredential } from '../store.ts';

export const handler = endpointHandler(login, async ({ input, request, nowMs, commit, fail }) => {
  const { email, password, device, deviceToken, proof } = input.body;
  const proven = await attemptByAddress(email, {
    password,
    caller: request,
    deviceName: device,
    deviceToken,
    proof,
    nowMs,
  });
  if (!proven) throw fail('auth.credentials_invalid');

  const { credential, rehashed, writes } = proven;
  const account = requireUsable(await getAccount(credential.accountId), nowMs, 'auth.credentials_invalid');
  const offer = await secondFactorOf(account.accountId);
  if (offer) {
    const { accountId } = account;
    // The challenge is bound to the version that this commit leaves.
    const credentialVersion = credential.version + (rehashed ? 1 : 0);
    const stopped = openChallenge({ accountId, offer, credentialVersion, deviceName: device, nowMs });
    const { ip, userAgent } = request;
    const noted = await noteSecondFactorDue(accountId, {
      method: 'password',
      deviceName: device,
      userAgent,
      ip,
      nowMs,
    });
    const stored = rehashed ? [setPassword(credential, rehashed)] : [];
    return commit(mergeChanges({ writes: [...writes, ...stored, ...noted] }, stopped.changes), stopped.reply);
  }

  const { changes, reply } = await signIn({
    account,
    isFirst: credential.loginCount === 0,
    deviceName: device,
    deviceToken,
    userAgent: request.userAgent,
    ip: request.ip,
    method: 'password',
    nowMs,
  });
  return commit(mergeChanges({ writes: [...writes, updateCredential(credential, rehashed)] }, changes), reply);
});
