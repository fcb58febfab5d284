import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { listProviders } from '../external-contract.ts';
import { identityProviders } from '../providers.ts';

export const handler = endpointHandler(listProviders, async () => ({
  providers: identityProviders().map(({ id, displayName, issuer }) => ({ provider: id, displayName, issuer })),
}));
