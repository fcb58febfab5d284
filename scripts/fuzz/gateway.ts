import { type AccessClaims, issueAccessToken } from '#functions/auth/public.ts';
import { handler as authorize } from '#functions/platform/triggers/authorize-http.ts';
import type { EndpointBase, Role } from '#shared/contract/endpoint.ts';
import type { AccountId, CharacterId, SessionId } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import type { Player, Stage } from './stage.ts';

/** Whom the real authorizer names for an Authorization header; undefined: it lets nobody pass. */
export async function authorized(authorization: string | undefined): Promise<Actor | undefined> {
  const headers = authorization === undefined ? {} : { authorization };
  const { isAuthorized, context } = await authorize({ headers }, lambdaContext());
  if (!isAuthorized || !context) return undefined;
  return {
    accountId: context.accountId as AccountId,
    sessionId: context.sessionId as SessionId,
    roles: context.roles.split(',') as Role[],
    characterId: context.characterId === '' ? undefined : (context.characterId as CharacterId),
  };
}

/** A genuine access token of this moment for the player's session. */
export async function tokenOf(stage: Stage, { actor }: Player, changes: Partial<AccessClaims> = {}): Promise<string> {
  const { accountId, sessionId, roles, characterId } = actor;
  const claims = { accountId, sessionId, roles, characterId, ...changes };
  return (await issueAccessToken(claims, stage.world.clock.nowMs())).token;
}

/** Whether the HTTP API has an authorizer before this endpoint. */
export const isGuarded = (endpoint: EndpointBase): boolean => endpoint.auth !== 'public';
