import { createAccount } from '#functions/account/public.ts';
import { networkOf, signIn } from '#functions/auth/public.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { sha256 } from '#shared/kernel/canonical-json.ts';
import { createId } from '#shared/kernel/ids.ts';
import { randomToken } from '#shared/kernel/random.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { createGuest } from '../contract.ts';
import { putGuest, requireQuota, takeFromQuota } from '../store-guests.ts';

export const handler = endpointHandler(createGuest, async ({ input, request, nowMs, commit }) => {
  const { deviceName, locale } = input.body;
  const network = networkOf(request.ip);
  await requireQuota(network, nowMs);
  const accountId = createId('acc');
  const guestSecret = randomToken();
  const created = createAccount({ accountId, locale, via: 'guest', nowMs });
  const { changes, reply } = await signIn({
    account: created.account,
    isFirst: true,
    deviceName,
    userAgent: request.userAgent,
    ip: request.ip,
    method: 'guest',
    nowMs,
  });
  const opened = {
    writes: [
      takeFromQuota(network, nowMs),
      ...putGuest({ accountId, secretHash: sha256(guestSecret), createdAtMs: nowMs }),
    ],
  };
  return commit(mergeChanges(opened, created, changes), { ...reply, guestSecret });
});
