import * as z from 'zod';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineJob } from '#shared/contract/job.ts';

/** What concerns the keys that sign access tokens. */

export const jwks = defineEndpoint({
  id: 'auth.jwks',
  method: 'GET',
  path: '/.well-known/jwks.json',
  summary: 'Public keys of access tokens',
  description: 'JSON Web Key Set (RFC 7517).',
  auth: 'public',
  success: 200,
  response: z.strictObject({
    keys: z.array(
      z.strictObject({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        x: z.string(),
        kid: z.string(),
        use: z.literal('sig'),
        alg: z.literal('EdDSA'),
      }),
    ),
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { secrets: ['token-signing-keys'] },
  impact: 'Services beside the game cannot verify access tokens.',
  budget: { readUnits: 0, writeUnits: 0 },
});

export const rotateSigningKeys = defineJob({
  id: 'auth.rotate-signing-keys',
  schedule: 'rate(1 hour)',
  needs: { secrets: ['token-signing-keys'], replacesSecrets: ['token-signing-keys'] },
  impact: 'Keys that sign access tokens are used for longer than 30 days.',
  timeoutSeconds: 30,
});
