import { GameError } from '#shared/contract/errors.ts';
import { type OidcProvider, OidcProviders } from '#shared/contract/oidc-provider.ts';
import { config } from '#shared/kernel/config.ts';

let parsed: { readonly text: string; readonly providers: readonly OidcProvider[] } | undefined;

/** The stage's identity providers. */
export function identityProviders(): readonly OidcProvider[] {
  const text = config('OIDC_PROVIDERS');
  if (parsed?.text !== text) parsed = { text, providers: OidcProviders.parse(JSON.parse(text)) };
  return parsed.providers;
}

/** @throws GameError `identity.provider_unknown`. */
export function identityProvider(id: string): OidcProvider {
  const provider = identityProviders().find((one) => one.id === id);
  if (!provider) throw new GameError('identity.provider_unknown');
  return provider;
}
