import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateItemCommand } from 'dynamodb-toolbox/entity/actions/update';
import { $add } from 'dynamodb-toolbox/entity/actions/update/symbols';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { GameError } from '#shared/contract/errors.ts';
import { HOUR_MS, ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId, SessionId } from '#shared/kernel/ids.ts';
import type { StepUpProof } from '#shared/runtime/step-up-guard.ts';
import { isConditionFailed } from '#shared/table/condition-failed.ts';
import { mfaKeys } from '#shared/table/keys/mfa.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import { type AttemptLock, challengeLimits, lockoutLimits } from './rules.ts';

const LockEntity = new Entity({
  ...entityDefaults,
  name: 'MfaLock',
  table,
  schema: item({
    accountId: string().key(),
    failures: number(),
    lockedUntilMs: number(),
    lastAttemptMs: number(),
    revision: number(),
    ttl: number(),
  }),
  computeKey: mfaKeys.lock.primary,
});

const ChallengeEntity = new Entity({
  ...entityDefaults,
  name: 'MfaChallenge',
  table,
  schema: item({
    challengeHash: string().key(),
    accountId: string(),
    credentialVersion: number().optional(),
    deviceName: string().optional(),
    attempts: number(),
    expiresAtMs: number(),
    ttl: number(),
  }),
  computeKey: mfaKeys.challenge.primary,
});

const StepUpEntity = new Entity({
  ...entityDefaults,
  name: 'StepUp',
  table,
  schema: item({
    sessionId: string().key(),
    accountId: string(),
    proof: string().enum('factor', 'password', 'recent-sign-in'),
    untilMs: number(),
    ttl: number(),
  }),
  computeKey: mfaKeys.stepUp.primary,
});

type StoredLock = AttemptLock & { readonly revision: number };

/** A sign-in whose first factor was right. */
export interface Challenge {
  readonly challengeHash: string;
  readonly accountId: AccountId;
  /** Of the password that was right; unset where somebody else vouched for the player. */
  readonly credentialVersion?: number | undefined;
  readonly deviceName?: string | undefined;
  /** Codes that were sent for it. */
  readonly attempts: number;
  readonly expiresAtMs: number;
}

export async function getLock(accountId: AccountId): Promise<StoredLock | undefined> {
  const { Item } = await LockEntity.build(GetItemCommand).key({ accountId }).options({ consistent: true }).send();
  return Item as StoredLock | undefined;
}

/**
 * Stores the lock if it is still as it was read, so that attempts at the same time are counted one by one.
 * @throws GameError `request.conflict` when another attempt came first.
 */
export async function putLock(accountId: AccountId, lock: AttemptLock, before: StoredLock | undefined): Promise<void> {
  try {
    await LockEntity.build(PutItemCommand)
      .item({
        accountId,
        ...lock,
        revision: (before?.revision ?? 0) + 1,
        ttl: ttlSeconds(lock.lastAttemptMs + lockoutLimits.forgetAfterMs),
      })
      .options({
        condition: before ? { attr: 'revision', eq: before.revision } : { attr: 'revision', exists: false },
      })
      .send();
  } catch (error) {
    if (isConditionFailed(error)) throw new GameError('request.conflict', {}, { cause: error });
    throw error;
  }
}

export function deleteLock(accountId: AccountId): Write {
  return LockEntity.build(DeleteTransaction).key({ accountId });
}

export function putChallenge(challenge: Challenge): Write {
  return ChallengeEntity.build(PutTransaction)
    .item({ ...challenge, ttl: ttlSeconds(challenge.expiresAtMs + HOUR_MS) })
    .options({ condition: { attr: 'challengeHash', exists: false } });
}

export async function getChallenge(challengeHash: string): Promise<Challenge | undefined> {
  const { Item } = await ChallengeEntity.build(GetItemCommand)
    .key({ challengeHash })
    .options({ consistent: true })
    .send();
  return Item as Challenge | undefined;
}

/** Takes one of the challenge's attempts; how many are left, or undefined when it had none or is gone. */
export async function takeAttempt(challengeHash: string, nowMs: number): Promise<number | undefined> {
  try {
    const { Attributes } = await ChallengeEntity.build(UpdateItemCommand)
      .item({ challengeHash, attempts: $add(1) })
      .options({
        condition: {
          and: [
            { attr: 'attempts', lt: challengeLimits.attempts },
            { attr: 'expiresAtMs', gt: nowMs },
          ],
        },
        returnValues: 'UPDATED_NEW',
      })
      .send();
    return challengeLimits.attempts - (Attributes?.attempts ?? challengeLimits.attempts);
  } catch (error) {
    if (isConditionFailed(error)) return undefined;
    throw error;
  }
}

/** Uses the challenge up: whoever comes second finds it gone. */
export function deleteChallenge(challengeHash: string): Write {
  const removal = ChallengeEntity.build(DeleteTransaction)
    .key({ challengeHash })
    .options({ condition: { attr: 'challengeHash', exists: true } });
  return guarded(removal, new GameError('mfa.challenge_invalid'));
}

/** A session whose player has just proven themselves, and how. */
export function putStepUp(stepUp: {
  readonly sessionId: SessionId;
  readonly accountId: AccountId;
  readonly proof: StepUpProof;
  readonly untilMs: number;
}): Write {
  return StepUpEntity.build(PutTransaction).item({ ...stepUp, ttl: ttlSeconds(stepUp.untilMs + HOUR_MS) });
}
