import { createHmac, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SignJWT } from 'jose/jwt/sign';
import type { LocalCloud } from '../../local/cloud.ts';

interface SigningJwk {
  readonly kid: string;
  readonly x: string;
}

export interface StageKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** The public half as `/.well-known/jwks.json` shows it. */
  readonly x: string;
}

/** The key with which the stage signs: what only a thief would have. */
export async function stageKey({ addresses, context }: LocalCloud): Promise<StageKey> {
  const { sdkEnvironment } = addresses;
  const client = new SecretsManagerClient({
    endpoint: sdkEnvironment.AWS_ENDPOINT_URL_SECRETS_MANAGER!,
    region: sdkEnvironment.AWS_REGION!,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    const secrets = context.registry
      .ofType('AWS::SecretsManager::Secret')
      .map(({ properties }) => String(properties.Name));
    const SecretId = secrets.find((name) => name.endsWith('/token-signing-keys'))!;
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
    const { current, keys } = JSON.parse(SecretString!) as { current: string; keys: (SigningJwk & { d: string })[] };
    const jwk = keys.find(({ kid }) => kid === current)!;
    return { kid: jwk.kid, x: jwk.x, privateKey: createPrivateKey({ key: jwk as never, format: 'jwk' }) };
  } finally {
    client.destroy();
  }
}

/** Whom a forger wants to be: taken from a genuine token. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs with the stage's key whatever is asked for: proof that a change of `sign`'s input alone makes the refusal. */
export function resigned(
  key: StageKey,
  genuine: string,
  changes: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  return new SignJWT({ ...claimsOf(genuine), jti: crypto.randomUUID(), ...changes })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: key.kid, ...header })
    .sign(key.privateKey);
}

/** Tokens that look like the genuine one in all but one respect, by what is wrong with them. */
export async function forgeries(
  key: StageKey,
  genuine: string,
  nowMs = Date.now(),
): Promise<Readonly<Record<string, string>>> {
  const now = Math.floor(nowMs / 1_000);
  const stranger = generateKeyPairSync('ed25519');
  const header = { alg: 'EdDSA', typ: 'at+jwt', kid: key.kid };
  const claims = claimsOf(genuine);
  const bySecret = (secret: string | Buffer, alg: string, digest: string): string => {
    const unsigned = `${base64url({ ...header, alg })}.${base64url(claims)}`;
    return `${unsigned}.${createHmac(digest, secret).update(unsigned).digest('base64url')}`;
  };
  const [head, payload, signature] = genuine.split('.') as [string, string, string];
  const own = (extra: Record<string, unknown>) =>
    new SignJWT(claims).setProtectedHeader({ ...header, ...extra }).sign(stranger.privateKey);
  return {
    expired: await resigned(key, genuine, { iat: now - 1_200, nbf: now - 1_200, exp: now - 600 }),
    'not yet valid': await resigned(key, genuine, { nbf: now + 300, exp: now + 600 }),
    'a day long': await resigned(key, genuine, { iat: now - 3_600, nbf: now - 3_600, exp: now + 86_400 }),
    'without expiry': await resigned(key, genuine, { exp: undefined }),
    'for another audience': await resigned(key, genuine, { aud: 'necpgame-admin' }),
    'of another issuer': await resigned(key, genuine, { iss: 'necpgame:prod' }),
    'of another type': await resigned(key, genuine, {}, { typ: 'JWT' }),
    'with an unknown kid': await resigned(key, genuine, {}, { kid: 'k0' }),
    'that names a session of nobody': await resigned(key, genuine, { sid: 'ses_01JD8Z3V6Q4M5N7P9R2S4T6V8X' }),
    'that names another account': await resigned(key, genuine, { sub: 'acc_01JD8Z3V6Q4M5N7P9R2S4T6V8X' }),
    'with alg none': `${base64url({ ...header, alg: 'none' })}.${payload}.`,
    'with alg none and its old signature': `${base64url({ ...header, alg: 'none' })}.${payload}.${signature}`,
    'HS256 by the public key': bySecret(Buffer.from(key.x, 'base64url'), 'HS256', 'sha256'),
    'HS256 by the public key as text': bySecret(key.x, 'HS256', 'sha256'),
    'HS512 by the public key': bySecret(Buffer.from(key.x, 'base64url'), 'HS512', 'sha512'),
    "signed by a stranger's key": await own({}),
    'that brings its own key': await own({ jwk: stranger.publicKey.export({ format: 'jwk' }) }),
    'that says where its key is': await own({ jku: 'http://127.0.0.1/keys.json' }),
    'that brings its own certificate': await own({ x5c: ['MIIB'], x5u: 'http://127.0.0.1/cert.pem' }),
    'with the right key and a jku': await resigned(key, genuine, {}, { jku: 'http://127.0.0.1/keys.json' }),
    'with roles added': `${head}.${base64url({ ...claims, roles: ['player', 'admin'] })}.${signature}`,
    'without its signature': `${head}.${payload}.`,
    'too long': `${head}.${payload}.${'A'.repeat(4_000)}`,
  };
}
