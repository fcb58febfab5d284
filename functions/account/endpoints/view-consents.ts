import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { viewConsents } from '../contract.ts';
import { getConsents, listConsentChanges } from '../store-choices.ts';
import { consentsViewOf } from '../view.ts';

export const handler = endpointHandler(viewConsents, async ({ actor }) => {
  const [consents, history] = await Promise.all([getConsents(actor.accountId), listConsentChanges(actor.accountId)]);
  return consentsViewOf(consents, history);
});
