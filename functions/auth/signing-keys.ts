import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { randomToken } from '#shared/kernel/random.ts';

const SigningKey = z.strictObject({
  kid: z.string().regex(/^[A-Za-z0-9._-]{1,40}$/),
  /** At least 256 random bits as text; the Ed25519 seed is its SHA-256. */
  seed: z.string().min(43).max(256),
});

/**
 * The secret `token-signing-keys`, as JSON. The first key signs; all of them verify. To rotate, put a new key behind
 * the first, wait until every function has read it (5 minutes), move it to the front, and drop the old key when the
 * last access token that it signed has expired. Nobody is logged out.
 */
const SigningKeys = z.strictObject({ keys: z.array(SigningKey).min(1).max(5) });

export interface KeyPair {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** What to store as the secret when it is still empty. */
export function newSigningKeys(kid = 'k1'): string {
  return JSON.stringify({ keys: [{ kid, seed: randomToken() }] } satisfies z.infer<typeof SigningKeys>);
}

/** RFC 8410: what comes before the 32 bytes of an Ed25519 private key in PKCS #8. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

let parsed: { readonly text: string; readonly pairs: readonly KeyPair[] } | undefined;

/**
 * The key pairs of the secret, the signing one first.
 * @throws ZodError when the secret's text is of another form.
 */
export function parseSigningKeys(text: string): readonly KeyPair[] {
  if (parsed?.text === text) return parsed.pairs;
  const { keys } = SigningKeys.parse(JSON.parse(text));
  const pairs = keys.map(({ kid, seed }) => {
    const bytes = createHash('sha256').update(seed).digest();
    const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, bytes]), format: 'der', type: 'pkcs8' });
    return { kid, privateKey, publicKey: createPublicKey(privateKey) };
  });
  parsed = { text, pairs };
  return pairs;
}

/** Public key as players' services fetch it from `/.well-known/jwks.json`. */
export interface PublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: 'EdDSA';
}

/** The public halves, in the secret's order. */
export function publicJwks(pairs: readonly KeyPair[]): readonly PublicJwk[] {
  return pairs.map(({ kid, publicKey }) => ({
    kty: 'OKP',
    crv: 'Ed25519',
    x: String(publicKey.export({ format: 'jwk' }).x),
    kid,
    use: 'sig',
    alg: 'EdDSA',
  }));
}
