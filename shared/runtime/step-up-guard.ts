import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { type EndpointBase, isStaff } from '#shared/contract/endpoint.ts';
import { GameError } from '#shared/contract/errors.ts';
import { mfaKeys } from '#shared/table/keys/mfa.ts';
import { documentClient, tableName } from '#shared/table/table.ts';
import { type GuardedWrite, guarded } from '#shared/table/write.ts';
import type { Actor } from './invocation.ts';

/** What somebody has proven themselves with; `recent-sign-in`: nothing but that they signed in a moment ago. */
export type StepUpProof = 'factor' | 'password' | 'recent-sign-in';

type StepUp = NonNullable<EndpointBase['stepUp']>;

/** Whoever may act on others shows a second factor: a password that was phished opens nothing of theirs. */
function needsFactor({ roles }: Actor, stepUp: StepUp): boolean {
  return stepUp === true && isStaff(roles);
}

/** The condition of commits that need a step-up: this session's player has proven themselves anew, and not long ago. */
export function steppedUp(actor: Actor, stepUp: StepUp, nowMs: number): GuardedWrite {
  const byFactor = needsFactor(actor, stepUp);
  return guarded(
    {
      params: () => ({
        ConditionCheck: {
          TableName: tableName(),
          Key: mfaKeys.stepUp.primary({ sessionId: actor.sessionId }),
          ConditionExpression: `untilMs > :now${byFactor ? ' AND proof = :factor' : ''}`,
          ExpressionAttributeValues: { ':now': nowMs, ...(byFactor ? { ':factor': 'factor' } : {}) },
        },
      }),
    },
    new GameError('auth.step_up_required'),
  );
}

/**
 * For acts that are risky above some amount alone: asks as `stepUp: true` would, where the amount makes it so, and answers
 * the condition for the commit. The contract of such an endpoint lists `auth.step_up_required` and
 * `auth.second_factor_required` among its errors.
 * @throws GameError as {@link requireStepUp}
 */
export async function stepUpWhere(isRisky: boolean, actor: Actor, nowMs: number): Promise<readonly GuardedWrite[]> {
  if (!isRisky) return [];
  await requireStepUp(actor, true, nowMs);
  return [steppedUp(actor, true, nowMs)];
}

/**
 * The same question before any work is done: 1 RCU. It is the only guard of a call that commits nothing.
 * @throws GameError `auth.step_up_required`; `auth.second_factor_required` where the proof was too weak for staff.
 */
export async function requireStepUp(actor: Actor, stepUp: StepUp, nowMs: number): Promise<void> {
  const Key = mfaKeys.stepUp.primary({ sessionId: actor.sessionId });
  const { Item } = await documentClient().send(new GetCommand({ TableName: tableName(), Key, ConsistentRead: true }));
  if (!(Number(Item?.untilMs) > nowMs)) throw new GameError('auth.step_up_required');
  const proof = Item?.proof as StepUpProof | undefined;
  if (needsFactor(actor, stepUp) && proof !== 'factor') throw new GameError('auth.second_factor_required');
}
