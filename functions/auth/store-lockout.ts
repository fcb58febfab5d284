import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { UpdateItemCommand } from 'dynamodb-toolbox/entity/actions/update';
import { $add } from 'dynamodb-toolbox/entity/actions/update/symbols';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { GameError } from '#shared/contract/errors.ts';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import { isConditionFailed } from '#shared/table/condition-failed.ts';
import { authKeys } from '#shared/table/keys/auth.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { type LoginLock, lockoutLimits } from './lockout.ts';

const LoginLockEntity = new Entity({
  ...entityDefaults,
  name: 'LoginLock',
  table,
  schema: item({
    emailHash: string().key(),
    failures: number(),
    lockedUntilMs: number(),
    lastAttemptMs: number(),
    revision: number(),
    ttl: number(),
  }),
  computeKey: authKeys.loginLock.primary,
});

const NetworkFailuresEntity = new Entity({
  ...entityDefaults,
  name: 'NetworkFailures',
  table,
  schema: item({ network: string().key(), windowStart: number().key(), failures: number(), ttl: number() }),
  computeKey: authKeys.networkFailures.primary,
});

type StoredLock = LoginLock & { readonly revision: number };

export async function getLoginLock(emailHash: string): Promise<StoredLock | undefined> {
  const { Item } = await LoginLockEntity.build(GetItemCommand).key({ emailHash }).options({ consistent: true }).send();
  return Item as StoredLock | undefined;
}

/**
 * Stores the lock if it is still as it was read, so that attempts at the same time are counted one by one.
 * @throws GameError `request.conflict` when another attempt came first.
 */
export async function putLoginLock(emailHash: string, lock: LoginLock, before: StoredLock | undefined): Promise<void> {
  try {
    await LoginLockEntity.build(PutItemCommand)
      .item({
        emailHash,
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

export function deleteLoginLock(emailHash: string): Write {
  return LoginLockEntity.build(DeleteTransaction).key({ emailHash });
}

/** Failed logins of a network in a window. */
export async function getNetworkFailures(network: string, windowStart: number): Promise<number> {
  const { Item } = await NetworkFailuresEntity.build(GetItemCommand).key({ network, windowStart }).send();
  return Item?.failures ?? 0;
}

export async function addNetworkFailure(network: string, windowStart: number): Promise<void> {
  await NetworkFailuresEntity.build(UpdateItemCommand)
    .item({
      network,
      windowStart,
      failures: $add(1),
      ttl: ttlSeconds(windowStart + 2 * lockoutLimits.networkWindowMs),
    })
    .send();
}
