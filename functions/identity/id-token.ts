import { timingSafeEqual } from 'node:crypto';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { jwtVerify } from 'jose/jwt/verify';
import * as z from 'zod';
import { GameError } from '#shared/contract/errors.ts';
import type { OidcProvider } from '#shared/contract/oidc-provider.ts';
import { canonicalJson, sha256 } from '#shared/kernel/canonical-json.ts';
import { SECOND_MS } from '#shared/kernel/clock.ts';
import { keysOf } from './provider-keys.ts';
import { identityLimits } from './rules.ts';

/** Asymmetric only: with a shared secret, or none, anybody who knows the public key could sign. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];

/** Parameters by which a token would bring its own key (RFC 8725 3.10). */
const KEY_HEADERS = ['jku', 'jwk', 'x5u', 'x5c'];

const Claims = z.object({
  sub: z.string().min(1).max(255),
  nonce: z.string().max(256),
  azp: z.string().optional(),
  email: z.email().max(254).optional().catch(undefined),
  // Some providers send the word.
  email_verified: z
    .union([z.boolean(), z.literal('true').transform(() => true)])
    .optional()
    .catch(undefined),
});

/** What a provider has vouched for. */
export interface ProvenIdentity {
  readonly provider: string;
  /** Issuer and subject, hashed: the subject itself is nobody's business here. */
  readonly subjectHash: string;
  /** An address that the provider says is theirs. */
  readonly verifiedEmail: string | undefined;
}

/**
 * What a provider's identity token vouches for (OpenID Connect Core 3.1.3.7).
 * @throws GameError `identity.token_invalid` for anything but a genuine, fresh token for us with this nonce;
 *   `identity.provider_unavailable` when its keys cannot be had.
 */
export async function verifyIdToken(
  provider: OidcProvider,
  idToken: string,
  nonce: string,
  nowMs: number,
): Promise<ProvenIdentity> {
  try {
    const { payload } = await jwtVerify(idToken, withoutKeyOfItsOwn(keysOf(provider)), {
      algorithms: ALGORITHMS,
      issuer: provider.issuer,
      audience: [...provider.audiences],
      currentDate: new Date(nowMs),
      clockTolerance: identityLimits.clockToleranceMs / SECOND_MS,
      maxTokenAge: identityLimits.tokenMaxAgeMs / SECOND_MS,
      requiredClaims: ['sub', 'exp', 'iat', 'nonce'],
    });
    const claims = Claims.parse(payload);
    if (!isForUs(payload, claims.azp, provider) || !isSame(claims.nonce, nonce)) {
      throw new TypeError('issued for another party or another sign-in');
    }
    return {
      provider: provider.id,
      subjectHash: sha256(canonicalJson([provider.issuer, claims.sub])),
      verifiedEmail: claims.email_verified ? claims.email : undefined,
    };
  } catch (error) {
    if (error instanceof GameError) throw error;
    throw new GameError('identity.token_invalid', {}, { cause: error });
  }
}

function withoutKeyOfItsOwn(keys: JWTVerifyGetKey): JWTVerifyGetKey {
  return (header, token) => {
    if (KEY_HEADERS.some((name) => name in header)) throw new TypeError('brings its own key');
    // Other kinds of JWT of the same provider, such as logout tokens and access tokens, name their type.
    if (header.typ !== undefined && header.typ.toLowerCase() !== 'jwt') throw new TypeError('not an identity token');
    return keys(header, token);
  };
}

/** No audience but ours, and asked for by one of our clients. */
function isForUs({ aud }: JWTPayload, azp: string | undefined, { audiences }: OidcProvider): boolean {
  const named = [aud ?? []].flat();
  if (!named.every((audience) => audiences.includes(audience))) return false;
  return azp === undefined ? named.length === 1 : audiences.includes(azp);
}

/** Compares in constant time. */
function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
