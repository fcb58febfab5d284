import { GameError } from '#shared/contract/errors.ts';
import { sessionKeys } from '#shared/table/keys/session.ts';
import { tableName } from '#shared/table/table.ts';
import { type GuardedWrite, guarded } from '#shared/table/write.ts';
import type { Actor } from './invocation.ts';

/**
 * The condition that value-moving commits carry: this session is live and still plays this character. A session that
 * was revoked, or a token from before a character switch, moves nothing, however long the token itself still lasts.
 */
export function liveSession(actor: Actor): GuardedWrite {
  const character = actor.characterId;
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
