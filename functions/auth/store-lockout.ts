import { Entity } from 'dynamodb-toolbox/entity';
import { DeleteItemCommand } from 'dynamodb-toolbox/entity/actions/delete';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { GameError } from '#shared/contract/errors.ts';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import { isConditionFailed } from '#shared/table/condition-failed.ts';
import { countOne } from '#shared/table/count.ts';
import { authKeys } from '#shared/table/keys/auth.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { alarmLimits, type LoginLock, lockoutLimits } from './lockout.ts';

const LoginLockEntity = new Entity({
  ...entityDefaults,
  name: 'LoginLock',
  table,
  schema: item({
    subject: string().key(),
    failures: number(),
    lockedUntilMs: number(),
    lastAttemptMs: number(),
    revision: number(),
    ttl: number(),
  }),
  computeKey: authKeys.loginLock.primary,
});

function networkFailuresKey({ network, windowStart }: { network: string; windowStart: number }) {
  return authKeys.networkFailures.primary({ network: network.replace('/', '-'), windowStart });
}

const NetworkFailuresEntity = new Entity({
  ...entityDefaults,
  name: 'NetworkFailures',
  table,
  schema: item({ network: string().key(), windowStart: number().key(), failures: number(), ttl: number() }),
  computeKey: networkFailuresKey,
});

const LoginAlarmEntity = new Entity({
  ...entityDefaults,
  name: 'LoginAlarm',
  table,
  schema: item({ untilMs: number(), ttl: number() }),
  computeKey: () => authKeys.loginAlarm.primary({}),
});

const SpentProofEntity = new Entity({
  ...entityDefaults,
  name: 'SpentProof',
  table,
  schema: item({ challengeHash: string().key(), ttl: number() }),
  computeKey: authKeys.spentProof.primary,
});

type StoredLock = LoginLock & { readonly revision: number };

export async function getLoginLock(subject: string): Promise<StoredLock | undefined> {
  const { Item } = await LoginLockEntity.build(GetItemCommand).key({ subject }).options({ consistent: true }).send();
  return Item as StoredLock | undefined;
}

/**
 * Stores the lock if it is still as it was read, so that attempts at the same time are counted one by one.
 * @throws GameError `request.conflict` when another attempt came first.
 */
export async function putLoginLock(subject: string, lock: LoginLock, before: StoredLock | undefined): Promise<void> {
  try {
    await LoginLockEntity.build(PutItemCommand)
      .item({
        subject,
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

export function deleteLoginLock(subject: string): Write {
  return LoginLockEntity.build(DeleteTransaction).key({ subject });
}

export async function eraseLoginLock(subject: string): Promise<void> {
  await LoginLockEntity.build(DeleteItemCommand).key({ subject }).send();
}

/** Failed logins of a network in a window. */
export async function getNetworkFailures(network: string, windowStart: number): Promise<number> {
  const { Item } = await NetworkFailuresEntity.build(GetItemCommand).key({ network, windowStart }).send();
  return Item?.failures ?? 0;
}

export async function addNetworkFailure(network: string, windowStart: number): Promise<void> {
  await countOne(networkFailuresKey({ network, windowStart }), {
    entity: 'NetworkFailures',
    counter: 'failures',
    names: { network, windowStart },
    expiresAtMs: windowStart + 2 * lockoutLimits.windowMs,
  });
}

/** Counts one failed login of anybody. @returns how many this shard has counted in this window. */
export function addFailureOfAll(shard: number, windowStart: number): Promise<number> {
  return countOne(authKeys.loginAlarmCounter.primary({ shard, windowStart }), {
    entity: 'LoginAlarmCounter',
    counter: 'failures',
    names: { shard, windowStart },
    expiresAtMs: windowStart + 10 * alarmLimits.windowMs,
  });
}

/** Until when logins need a proof of work; 0 when they never did. A moment's lag does not matter. */
export async function getAlarmEnd(): Promise<number> {
  const { Item } = await LoginAlarmEntity.build(GetItemCommand).key({}).send();
  return Item?.untilMs ?? 0;
}

export async function raiseAlarm(untilMs: number): Promise<void> {
  await LoginAlarmEntity.build(PutItemCommand)
    .item({ untilMs, ttl: ttlSeconds(untilMs) })
    .send();
}

/** Uses a proof of work up; false when it was used before. */
export async function spendProof(challengeHash: string, expiresAtMs: number): Promise<boolean> {
  try {
    await SpentProofEntity.build(PutItemCommand)
      .item({ challengeHash, ttl: ttlSeconds(expiresAtMs) })
      .options({ condition: { attr: 'challengeHash', exists: false } })
      .send();
    return true;
  } catch (error) {
    if (isConditionFailed(error)) return false;
    throw error;
  }
}
