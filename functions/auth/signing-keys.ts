import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import * as z from 'zod';

/** A private Ed25519 key as JWK (RFC 8037). */
const SigningJwk = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  kid: z.string().regex(/^[A-Za-z0-9._-]{1,40}$/),
  x: z.string().length(43),
  d: z.string().length(43),
});

/**
 * The secret `token-signing-keys`, as JSON. `current` names the key that signs; all of them verify. To rotate: add a
 * key, wait until every function has read it (5 minutes), make it the current one, and drop the old one when the last
 * access token that it signed has expired. Nobody is logged out.
 */
const SigningKeys = z
  .object({ current: z.string(), keys: z.array(SigningJwk).min(1).max(5) })
  .refine(({ current, keys }) => keys.some(({ kid }) => kid === current), 'current names no key');

export interface KeyPair {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** The text to store as the secret where it is still empty. */
export function newSigningKeys(kid = 'k1'): string {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return JSON.stringify({ current: kid, keys: [{ ...jwk, kid, alg: 'EdDSA', use: 'sig' }] });
}

let parsed: { readonly text: string; readonly pairs: readonly KeyPair[] } | undefined;

/**
 * The key pairs of the secret, the signing one first.
 * @throws ZodError when the secret's text is of another form.
 */
export function parseSigningKeys(text: string): readonly KeyPair[] {
  if (parsed?.text === text) return parsed.pairs;
  const { current, keys } = SigningKeys.parse(JSON.parse(text));
  const signingFirst = [...keys].sort((a, b) => Number(b.kid === current) - Number(a.kid === current));
  const pairs = signingFirst.map(({ kid, ...jwk }) => {
    const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
    return { kid, privateKey, publicKey: createPublicKey(privateKey) };
  });
  parsed = { text, pairs };
  return pairs;
}

/** Public key, as `/.well-known/jwks.json` shows it. */
export interface PublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: 'EdDSA';
}

/** The public halves, in the same order. */
export function publicJwks(pairs: readonly KeyPair[]): PublicJwk[] {
  return pairs.map(({ kid, publicKey }) => ({
    kty: 'OKP',
    crv: 'Ed25519',
    x: String(publicKey.export({ format: 'jwk' }).x),
    kid,
    use: 'sig',
    alg: 'EdDSA',
  }));
}
