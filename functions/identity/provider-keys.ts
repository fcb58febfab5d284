import type { JWTVerifyGetKey } from 'jose';
import { JWKSMultipleMatchingKeys, JWKSNoMatchingKey } from 'jose/errors';
import { createRemoteJWKSet, customFetch } from 'jose/jwks/remote';
import { GameError } from '#shared/contract/errors.ts';
import type { OidcProvider } from '#shared/contract/oidc-provider.ts';
import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';

const limits = {
  answerMs: 3 * SECOND_MS,
  /** How often at most a key that is not known makes us ask anew: a made-up one is not to hammer the provider. */
  cooldownMs: 10 * SECOND_MS,
  /** How long keys count as the provider's without asking. */
  cacheMs: 10 * MINUTE_MS,
  /** Dozens of keys; a provider has two or three. */
  bytes: 65_536,
} as const;

const keySets = new Map<string, JWTVerifyGetKey>();

/** Finds the key among a provider's, which are fetched once in a while, and when one appears that was not there. */
export function keysOf({ jwksUri }: OidcProvider): JWTVerifyGetKey {
  const known = keySets.get(jwksUri);
  if (known) return known;
  const remote = createRemoteJWKSet(new URL(jwksUri), {
    timeoutDuration: limits.answerMs,
    cooldownDuration: limits.cooldownMs,
    cacheMaxAge: limits.cacheMs,
    [customFetch]: fetchBounded,
  });
  const keys: JWTVerifyGetKey = async (header, token) => {
    try {
      return await remote(header, token);
    } catch (error) {
      if (isAboutToken(error)) throw error;
      throw new GameError('identity.provider_unavailable', {}, { retryAfterSeconds: 5, cause: error });
    }
  };
  keySets.set(jwksUri, keys);
  return keys;
}

/** The keys were there, and none of them, or more than one, is the token's. */
function isAboutToken(error: unknown): boolean {
  return error instanceof JWKSNoMatchingKey || error instanceof JWKSMultipleMatchingKeys;
}

/** Fetches no more than a key set can have; `redirect: 'manual'` comes from the caller. */
async function fetchBounded(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, options);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > limits.bytes) throw new RangeError(`${url} answered more than ${limits.bytes} bytes`);
    chunks.push(chunk);
  }
  return new Response(Buffer.concat(chunks), { status: response.status });
}
