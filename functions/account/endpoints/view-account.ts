import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { viewAccount } from '../contract.ts';
import { getAccount } from '../store.ts';
import { viewOf } from '../view.ts';

export const handler = endpointHandler(viewAccount, async ({ actor, fail }) => {
  const account = await getAccount(actor.accountId);
  if (!account) throw fail('request.not_found');
  return viewOf(account);
});
