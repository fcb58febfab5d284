import { config } from '#shared/kernel/config.ts';
import { secret } from '#shared/runtime/secrets.ts';
import { type AccessClaims, type IssuedAccessToken, signAccessToken, verifyAccessToken } from './access-token.ts';
import { parseSigningKeys } from './signing-keys.ts';

/** Signs an access token; needs the secret `token-signing-keys`. */
export async function issueAccessToken(claims: AccessClaims, nowMs: number): Promise<IssuedAccessToken> {
  return signAccessToken(claims, parseSigningKeys(await secret('token-signing-keys')), config('STAGE'), nowMs);
}

/** What a token vouches for; undefined unless it is ours and current. Needs the secret `token-signing-keys`. */
export async function readAccessToken(token: string, nowMs: number): Promise<AccessClaims | undefined> {
  return verifyAccessToken(token, parseSigningKeys(await secret('token-signing-keys')), config('STAGE'), nowMs);
}
