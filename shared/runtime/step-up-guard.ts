import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { GameError } from '#shared/contract/errors.ts';
import { mfaKeys } from '#shared/table/keys/mfa.ts';
import { documentClient, tableName } from '#shared/table/table.ts';
import { type GuardedWrite, guarded } from '#shared/table/write.ts';
import type { Actor } from './invocation.ts';

/** The condition of commits that need a step-up: this session's player has proven themselves anew, and not long ago. */
export function steppedUp({ sessionId }: Actor, nowMs: number): GuardedWrite {
  return guarded(
    {
      params: () => ({
        ConditionCheck: {
          TableName: tableName(),
          Key: mfaKeys.stepUp.primary({ sessionId }),
          ConditionExpression: 'untilMs > :now',
          ExpressionAttributeValues: { ':now': nowMs },
        },
      }),
    },
    new GameError('auth.step_up_required'),
  );
}

/**
 * The same question before any work is done: 1 RCU. It is the only guard of a call that commits nothing.
 * @throws GameError `auth.step_up_required`.
 */
export async function requireStepUp({ sessionId }: Actor, nowMs: number): Promise<void> {
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: tableName(), Key: mfaKeys.stepUp.primary({ sessionId }), ConsistentRead: true }),
  );
  if (!(Number(Item?.untilMs) > nowMs)) throw new GameError('auth.step_up_required');
}
