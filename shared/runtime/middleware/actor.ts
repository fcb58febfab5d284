import type { MiddlewareObj } from '@middy/core';
import { roles as allRoles, type EndpointBase, type Role } from '#shared/contract/endpoint.ts';
import { GameError } from '#shared/contract/errors.ts';
import type { AccountId, CharacterId, SessionId } from '#shared/kernel/ids.ts';
import type { HttpEvent, HttpResult, LambdaContext, PipelineState } from '../invocation.ts';

/** Takes the actor from the authorizer's context and checks what the endpoint asks of it. */
export function actor(
  endpoint: EndpointBase,
): MiddlewareObj<HttpEvent, HttpResult, Error, LambdaContext, PipelineState> {
  return {
    before: ({ event, internal }) => {
      const claims = event.requestContext.authorizer?.lambda;
      if (claims?.accountId && claims.sessionId) {
        internal.actor = {
          accountId: claims.accountId as AccountId,
          sessionId: claims.sessionId as SessionId,
          roles: (claims.roles ?? '').split(',').filter((role): role is Role => allRoles.includes(role as Role)),
          characterId: claims.characterId ? (claims.characterId as CharacterId) : undefined,
        };
      }
      if (endpoint.auth === 'public') return;
      const known = internal.actor;
      if (!known) throw new GameError('auth.unauthenticated');
      if (endpoint.roles && !endpoint.roles.some((role) => known.roles.includes(role))) {
        throw new GameError('auth.forbidden');
      }
      if (endpoint.auth === 'character' && !known.characterId) throw new GameError('auth.no_character');
    },
  };
}
