import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { secret } from '#shared/runtime/secrets.ts';
import { jwks } from '../keys-contract.ts';
import { parseSigningKeys, publicJwks } from '../signing-keys.ts';

export const handler = endpointHandler(jwks, async () => ({
  keys: publicJwks(parseSigningKeys(await secret('token-signing-keys'))),
}));
