import { getAccount } from '#functions/account/public.ts';
import { requestRegistration } from '#functions/auth/public.ts';
import { waysIn } from '#functions/identity/public.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { addPassword } from '../contract.ts';

/** A registration like any other, but for an account that is there: `auth.verify-email` does the rest. */
export const handler = endpointHandler(addPassword, async ({ input, actor, nowMs, commit, fail }) => {
  const { accountId } = actor;
  const [account, ways] = await Promise.all([getAccount(accountId), waysIn(accountId)]);
  if (!account) throw fail('request.not_found');
  if (ways.hasPassword) throw fail('credential.has_password');
  if (ways.isGuest) throw fail('credential.is_guest');
  const { locale } = account;
  return commit(await requestRegistration({ accountId, ...input.body, locale, nowMs }), { accepted: true as const });
});
