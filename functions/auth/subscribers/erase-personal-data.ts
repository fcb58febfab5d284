import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { erasePersonalData } from '../contract.ts';
import { ownLockOf } from '../password-attempt.ts';
import { eraseCredential } from '../store.ts';
import { eraseDevices } from '../store-devices.ts';
import { eraseLoginLock } from '../store-lockout.ts';
import { eraseAttempts } from '../store-logins.ts';

/** Every step can be repeated: a delivery that fails half-way is finished by the next. */
export const handler = subscriberHandler(erasePersonalData, async (event) => {
  const { accountId } = event.data;
  await Promise.all([
    eraseAttempts(accountId),
    eraseDevices(accountId),
    eraseLoginLock(ownLockOf(accountId)),
    eraseCredential(accountId),
  ]);
});
