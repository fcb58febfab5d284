import { getAccount } from '#functions/account/public.ts';
import { requestRegistration } from '#functions/auth/public.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { bindGuest } from '../contract.ts';
import { getGuest } from '../store-guests.ts';

/** A registration like any other, but for an account that is there: `auth.verify-email` does the rest. */
export const handler = endpointHandler(bindGuest, async ({ input, actor, nowMs, commit, fail }) => {
  const { accountId } = actor;
  const guest = await getGuest(accountId);
  const account = guest && (await getAccount(accountId));
  if (!account) throw fail('identity.not_a_guest');
  const { locale } = account;
  return commit(await requestRegistration({ accountId, ...input.body, locale, nowMs }), { accepted: true as const });
});
