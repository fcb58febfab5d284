import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { viewPrivacy } from '../contract.ts';
import { privacyOf } from '../store-choices.ts';

export const handler = endpointHandler(viewPrivacy, async ({ actor }) => {
  const [privacy] = await privacyOf([actor.accountId]);
  return privacy!;
});
