import { getAccount, requireUsable } from '#functions/account/public.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { login } from '../contract.ts';
import { attemptByAddress } from '../password-attempt.ts';
import { signIn } from '../sign-in.ts';
import { updateCredential } from '../store.ts';

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
