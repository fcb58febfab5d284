import { SignJWT } from 'jose/jwt/sign';
import { jwtVerify } from 'jose/jwt/verify';
import * as z from 'zod';
import { type Role, roles } from '#shared/contract/endpoint.ts';
import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { AccountId, CharacterId, SessionId } from '#shared/kernel/ids.ts';
import { randomToken } from '#shared/kernel/random.ts';
import type { KeyPair } from './signing-keys.ts';

export const ACCESS_TOKEN_MS = 10 * MINUTE_MS;

/** Clocks of different machines may differ by this much. */
const CLOCK_TOLERANCE_SECONDS = 5;
const TYPE = 'at+jwt';
const ALGORITHM = 'EdDSA';
const AUDIENCE = 'necpgame-api';

/** Longer than any token of ours: a header of any size is not worth reading. */
const MAX_TOKEN_CHARACTERS = 2_048;

/** What an access token vouches for. */
export interface AccessClaims {
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
  readonly roles: readonly Role[];
  readonly characterId: CharacterId | undefined;
}

const Payload = z.object({
  sub: AccountId,
  sid: SessionId,
  roles: z.array(z.enum(roles)).max(roles.length),
  chr: CharacterId.optional(),
});

/** Tokens of one stage are worthless on another. */
export function issuerOf(stage: string): string {
  return `necpgame:${stage}`;
}

export interface IssuedAccessToken {
  readonly token: string;
  readonly expiresAtMs: number;
}

/** Signs an access token with the first key. */
export async function signAccessToken(
  claims: AccessClaims,
  keys: readonly KeyPair[],
  stage: string,
  nowMs: number,
): Promise<IssuedAccessToken> {
  const { kid, privateKey } = keys[0]!;
  if (!privateKey) throw new TypeError(`the key ${kid} verifies only`);
  const issuedAt = Math.floor(nowMs / SECOND_MS);
  const expiresAt = issuedAt + ACCESS_TOKEN_MS / SECOND_MS;
  const token = await new SignJWT({
    sid: claims.sessionId,
    roles: [...claims.roles],
    ...(claims.characterId ? { chr: claims.characterId } : {}),
  })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
    .setIssuer(issuerOf(stage))
    .setAudience(AUDIENCE)
    .setSubject(claims.accountId)
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(expiresAt)
    .setJti(randomToken(16))
    .sign(privateKey);
  return { token, expiresAtMs: expiresAt * SECOND_MS };
}

/** Parameters by which a token would bring its own key: none of ours has them (RFC 8725 3.10). */
const KEY_HEADERS = ['jku', 'jwk', 'x5u', 'x5c'] as const;

/** What a genuine, current token of this stage vouches for; undefined for anything else. */
export async function verifyAccessToken(
  token: string,
  keys: readonly KeyPair[],
  stage: string,
  nowMs: number,
): Promise<AccessClaims | undefined> {
  if (token.length > MAX_TOKEN_CHARACTERS) return undefined;
  try {
    const { payload } = await jwtVerify(
      token,
      (header) => {
        const key = keys.find(({ kid }) => kid === header.kid);
        if (!key || KEY_HEADERS.some((name) => name in header)) throw new TypeError('no such key');
        return key.publicKey;
      },
      {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: issuerOf(stage),
        audience: AUDIENCE,
        currentDate: new Date(nowMs),
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['sub', 'exp', 'nbf', 'iat', 'jti', 'sid'],
        maxTokenAge: ACCESS_TOKEN_MS / SECOND_MS,
      },
    );
    const { sub, sid, roles: held, chr } = Payload.parse(payload);
    return { accountId: sub, sessionId: sid, roles: held, characterId: chr };
  } catch {
    return undefined;
  }
}
