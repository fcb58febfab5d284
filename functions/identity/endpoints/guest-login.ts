import { getAccount, requireUsable } from '#functions/account/public.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { admit } from '../admit.ts';
import { guestLogin } from '../contract.ts';
import { guestOfSecret, putUsed } from '../store-guests.ts';

export const handler = endpointHandler(guestLogin, async ({ input, request, nowMs, commit, fail }) => {
  const { guestSecret, deviceName, deviceToken } = input.body;
  const guest = await guestOfSecret(guestSecret);
  if (!guest) throw fail('identity.guest_unknown');

  const account = requireUsable(await getAccount(guest.accountId), nowMs, 'identity.guest_unknown');
  const { changes, reply } = await admit({
    account,
    deviceName,
    deviceToken,
    caller: request,
    method: 'guest',
    nowMs,
  });
  return commit(mergeChanges({ writes: [putUsed(guest, nowMs)] }, changes), reply);
});
