import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { listIdentities } from '../external-contract.ts';
import { waysIn } from '../public.ts';
import { viewOf } from '../view.ts';

export const handler = endpointHandler(listIdentities, async ({ actor }) => {
  const { linked, hasPassword, isGuest } = await waysIn(actor.accountId);
  return { identities: linked.map(viewOf), hasPassword, isGuest };
});
