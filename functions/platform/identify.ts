import { readAccessToken, type TicketHolder } from '#functions/auth/public.ts';
import { getActiveSession } from '#functions/session/public.ts';
import type { AuthorizerContext } from '#shared/runtime/invocation.ts';

const BEARER = /^Bearer +([\w.-]+)$/i;

/** Who sends this Authorization header; undefined unless the token is genuine and current and its session is live. */
export async function identifyBearer(
  header: string | undefined,
  nowMs: number,
): Promise<AuthorizerContext | undefined> {
  const token = BEARER.exec(header ?? '')?.[1];
  const claims = token && (await readAccessToken(token, nowMs));
  return claims ? identify(claims) : undefined;
}

/**
 * The caller behind a proven claim. A claim from before the session changed its character still names the player, but
 * no character.
 */
export async function identify(claims: TicketHolder): Promise<AuthorizerContext | undefined> {
  const { accountId, sessionId, roles, characterId } = claims;
  const session = await getActiveSession(sessionId);
  if (session?.accountId !== accountId) return undefined;
  const isCurrent = characterId !== undefined && characterId === session.characterId;
  return { accountId, sessionId, roles: roles.join(','), characterId: isCurrent ? characterId : '' };
}
