import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { clock, DAY_MS, HOUR_MS } from '#shared/kernel/clock.ts';
import { randomToken } from '#shared/kernel/random.ts';

/** An Ed25519 key as JWK (RFC 8037). Without `d` it only verifies. */
const SigningJwk = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  kid: z.string().regex(/^[A-Za-z0-9._-]{1,40}$/),
  x: z.string().length(43),
  d: z.string().length(43).optional(),
  /** When it was published; unset: before anybody took note. */
  createdAtMs: z.number().default(0),
  /** When another key began to sign in its place. */
  retiredAtMs: z.number().optional(),
});
type SigningJwk = z.infer<typeof SigningJwk>;

/** The secret `token-signing-keys`, as JSON. `current` names the key that signs; all of them verify. */
const SigningKeys = z
  .object({ current: z.string(), keys: z.array(SigningJwk).min(1).max(5) })
  .refine(({ current, keys }) => keys.some(({ kid, d }) => kid === current && d), 'current names no key that can sign');

export const rotationLimits = {
  /** How long a key signs. */
  everyMs: 30 * DAY_MS,
  /**
   * From the publication of a key to its first signature. Functions read the secret every 5 minutes, the gateway keeps
   * an authorizer's word for 5 more: by then everybody knows the key.
   */
  publishedMs: HOUR_MS,
  /** From the last signature of a key to its end: far more than the 10 minutes of a token and the 5 of the caches. */
  retiredMs: HOUR_MS,
} as const;

export interface KeyPair {
  readonly kid: string;
  /** Unset once another key signs. */
  readonly privateKey: KeyObject | undefined;
  readonly publicKey: KeyObject;
}

function newKey(nowMs: number): SigningJwk {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const kid = `k${nowMs.toString(36)}-${randomToken(4)}`;
  return SigningJwk.parse({ kty: 'OKP', crv: 'Ed25519', kid, x, d, createdAtMs: nowMs });
}

/** The text to store as the secret where it is still empty. */
export function newSigningKeys(nowMs = clock.nowMs()): string {
  const key = newKey(nowMs);
  return JSON.stringify({ current: key.kid, keys: [key] });
}

/**
 * The secret's next text, or undefined when nothing is due. A rotation takes three steps, each an hour after the one
 * before: the new key is published; it signs, and of the old one only the public half is left; the old one goes. So
 * every token that is out there verifies everywhere, and nobody is logged out. What is due follows from the text alone,
 * so that it does not matter how often this is asked.
 */
export function rotateSigningKeys(text: string, nowMs: number): string | undefined {
  const before = SigningKeys.parse(JSON.parse(text));
  const keys = before.keys.filter(
    ({ retiredAtMs }) => retiredAtMs === undefined || nowMs - retiredAtMs < rotationLimits.retiredMs,
  );
  const signing = keys.find(({ kid }) => kid === before.current)!;
  const next = keys.find((key) => key.d && key.createdAtMs > signing.createdAtMs);
  if (!next && nowMs - signing.createdAtMs >= rotationLimits.everyMs) {
    return JSON.stringify({ current: signing.kid, keys: [...keys, newKey(nowMs)] });
  }
  if (next && nowMs - next.createdAtMs >= rotationLimits.publishedMs) {
    const retired = keys.map(({ d, ...key }) =>
      key.kid === next.kid ? { ...key, d } : { retiredAtMs: nowMs, ...key },
    );
    return JSON.stringify({ current: next.kid, keys: retired });
  }
  return keys.length < before.keys.length ? JSON.stringify({ current: signing.kid, keys }) : undefined;
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
  const pairs = signingFirst.map(({ kid, kty, crv, x, d }) => ({
    kid,
    privateKey: d === undefined ? undefined : createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' }),
    publicKey: createPublicKey({ key: { kty, crv, x }, format: 'jwk' }),
  }));
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
