import { GameError } from '#shared/contract/errors.ts';
import { sessionKeys } from '#shared/table/keys/session.ts';
import { tableName } from '#shared/table/table.ts';
import { type GuardedWrite, guarded } from '#shared/table/write.ts';
import type { Actor } from './invocation.ts';

/**
 * The condition that every commit of a player carries: their session is live. A session that was revoked changes
 * nothing from that moment on, however long its token still lasts. Where the act is a character's, the session must
 * still play it: a token from before a switch moves nothing.
 */
export function liveSession(actor: Actor, act: 'of-account' | 'of-character'): GuardedWrite {
  const character = act === 'of-character' ? actor.characterId : undefined;
  return guarded(
    {
      params: () => ({
        ConditionCheck: {
          TableName: tableName(),
          Key: sessionKeys.session.primary({ sessionId: actor.sessionId }),
          ConditionExpression: `#state = :active${character ? ' AND characterId = :character' : ''}`,
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ':active': 'ACTIVE', ...(character ? { ':character': character } : {}) },
        },
      }),
    },
    new GameError('auth.session_ended'),
  );
}
