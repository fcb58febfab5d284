import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { SecretName } from '#shared/contract/needs.ts';

/** Secrets of a test world, in the form that a stage's deployment gives them. */
export function createTestSecrets(): Record<SecretName, string> {
  const kid = 'test-1';
  const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return {
    'token-signing-keys': JSON.stringify({ current: kid, keys: [{ ...key, kid, alg: 'EdDSA', use: 'sig' }] }),
    'password-pepper': randomBytes(32).toString('base64url'),
    'mail-token-key': randomBytes(32).toString('base64url'),
    'mfa-key': randomBytes(32).toString('base64url'),
  };
}
