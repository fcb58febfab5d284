import { getAccount, requireUsable } from '#functions/account/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { SECOND_MS } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { secret } from '#shared/runtime/secrets.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { login } from '../contract.ts';
import { emailHash } from '../email.ts';
import { lockoutLimits, networkOf, reserveAttempt, windowStartOf } from '../lockout.ts';
import { checkPassword, hashPassword } from '../password-hash.ts';
import { signIn } from '../sign-in.ts';
import { findAccountId, getCredential, updateCredential } from '../store.ts';
import {
  addNetworkFailure,
  deleteLoginLock,
  getLoginLock,
  getNetworkFailures,
  putLoginLock,
} from '../store-lockout.ts';

/** Read in the place of an account where there is none, so that both cost the same. */
const NOBODY = 'acc_00000000000000000000000000' as AccountId;

export const handler = endpointHandler(login, async ({ input, request, nowMs, commit, fail }) => {
  const { email, password, device } = input.body;
  const address = emailHash(email);
  const network = networkOf(request.ip);
  const windowStart = windowStartOf(nowMs, lockoutLimits.networkWindowMs);

  const networkFailures = await getNetworkFailures(network, windowStart);
  if (networkFailures >= lockoutLimits.networkFailures) {
    throw tooMany(windowStart + lockoutLimits.networkWindowMs - nowMs);
  }
  await reserve(address, nowMs);

  const accountId = await findAccountId(address);
  const credential = await getCredential(accountId ?? NOBODY);
  const pepper = await secret('password-pepper');
  const check = await checkPassword(password, pepper, credential?.passwordHash);
  if (!credential || !check.matches) {
    await addNetworkFailure(network, windowStart);
    throw fail('auth.credentials_invalid');
  }

  const account = requireUsable(await getAccount(credential.accountId), nowMs, 'auth.credentials_invalid');
  const rehashed = check.outdated ? await hashPassword(password, pepper) : undefined;

  const { changes, reply } = await signIn({
    account,
    isFirst: credential.loginCount === 0,
    deviceName: device,
    userAgent: request.userAgent,
    nowMs,
  });
  const proven = { writes: [deleteLoginLock(address), updateCredential(credential, rehashed)] };
  return commit(mergeChanges(proven, changes), reply);
});

/** Counts this attempt before its password is looked at; attempts at the same moment are counted one after another. */
async function reserve(address: string, nowMs: number): Promise<void> {
  await withConflictRetry(async () => {
    const before = await getLoginLock(address);
    const reserved = reserveAttempt(before, nowMs);
    if ('waitMs' in reserved) throw tooMany(reserved.waitMs);
    await putLoginLock(address, reserved.lock, before);
  });
}

function tooMany(waitMs: number): GameError {
  return new GameError('auth.too_many_attempts', {}, { retryAfterSeconds: Math.ceil(waitMs / SECOND_MS) });
}
