import { toIso } from '#shared/kernel/clock.ts';
import { identityProviders } from './providers.ts';
import type { LinkedIdentity } from './rules.ts';

/** A linked identity as its owner sees it; a provider that the stage has dropped goes by its id. */
export function viewOf({ provider, linkedAtMs }: LinkedIdentity) {
  const displayName = identityProviders().find(({ id }) => id === provider)?.displayName ?? provider;
  return { provider, displayName, linkedAt: toIso(linkedAtMs) };
}
