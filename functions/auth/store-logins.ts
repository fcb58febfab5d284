import { Entity } from 'dynamodb-toolbox/entity';
import { DeleteItemCommand } from 'dynamodb-toolbox/entity/actions/delete';
import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import { countOne } from '#shared/table/count.ts';
import { authKeys } from '#shared/table/keys/auth.ts';
import { sortableNumber } from '#shared/table/sortable-number.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { historyLimits, type LoginAttempt, loginMethods, loginOutcomes } from './login-history.ts';

const LoginEntity = new Entity({
  ...entityDefaults,
  name: 'Login',
  table,
  schema: item({
    accountId: string().key(),
    number: number().key(),
    outcome: string().enum(...loginOutcomes),
    method: string().enum(...loginMethods),
    device: string(),
    network: string(),
    atMs: number(),
    ttl: number(),
  }),
  computeKey: ({ accountId, number: counted }) =>
    authKeys.login.primary({ accountId, number: sortableNumber(counted) }),
});

const LoginCounterEntity = new Entity({
  ...entityDefaults,
  name: 'LoginCounter',
  table,
  schema: item({ accountId: string().key(), last: number(), ttl: number() }),
  computeKey: authKeys.loginCounter.primary,
});

/** The number of an account's next attempt: each is given once, some may never be used. */
function nextNumber(accountId: string, nowMs: number): Promise<number> {
  return countOne(authKeys.loginCounter.primary({ accountId }), {
    entity: 'LoginCounter',
    counter: 'last',
    names: { accountId },
    // Outlives every row that it has counted.
    expiresAtMs: nowMs + 2 * historyLimits.keptMs,
  });
}

function rowOf(accountId: string, number: number, attempt: LoginAttempt) {
  return { accountId, number, ...attempt, ttl: ttlSeconds(attempt.atMs + historyLimits.keptMs) };
}

/** Writes an attempt down at once, and forgets the oldest when there are too many. */
export async function recordAttempt(accountId: string, attempt: LoginAttempt): Promise<void> {
  const number = await nextNumber(accountId, attempt.atMs);
  const oldest = number - historyLimits.kept;
  await Promise.all([
    LoginEntity.build(PutItemCommand)
      .item(rowOf(accountId, number, attempt))
      .send(),
    oldest > 0 ? LoginEntity.build(DeleteItemCommand).key({ accountId, number: oldest }).send() : undefined,
  ]);
}

/** The same as part of a commit: only its number is taken at once. */
export async function putAttempt(accountId: string, attempt: LoginAttempt): Promise<readonly Write[]> {
  const number = await nextNumber(accountId, attempt.atMs);
  const oldest = number - historyLimits.kept;
  return [
    LoginEntity.build(PutTransaction).item(rowOf(accountId, number, attempt)),
    ...(oldest > 0 ? [LoginEntity.build(DeleteTransaction).key({ accountId, number: oldest })] : []),
  ];
}

/** An account's attempts, newest first; those whose time is over but that still lie there are left out. */
export async function listAttempts(
  accountId: string,
  page: { readonly nowMs: number; readonly limit: number; readonly after: string | undefined },
): Promise<{ readonly attempts: readonly LoginAttempt[]; readonly lastKey: string | undefined }> {
  const partition = authKeys.login.partition({ accountId });
  const { Items = [], LastEvaluatedKey } = await table
    .build(QueryCommand)
    .entities(LoginEntity)
    .query({ partition, range: { beginsWith: authKeys.login.sortPrefix } })
    .options({
      reverse: true,
      consistent: true,
      limit: page.limit,
      ...(page.after === undefined ? {} : { exclusiveStartKey: { pk: partition, sk: page.after } }),
    })
    .send();
  return {
    attempts: Items.filter(({ atMs }) => atMs + historyLimits.keptMs > page.nowMs).map(
      ({ outcome, method, device, network, atMs }) => ({ outcome, method, device, network, atMs }),
    ),
    lastKey: LastEvaluatedKey && String(LastEvaluatedKey.sk),
  };
}

export async function eraseAttempts(accountId: string): Promise<void> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(LoginEntity)
    .query({ partition: authKeys.login.partition({ accountId }), range: { beginsWith: authKeys.login.sortPrefix } })
    .options({ consistent: true, limit: 2 * historyLimits.kept })
    .send();
  await Promise.all(Items.map(({ number }) => LoginEntity.build(DeleteItemCommand).key({ accountId, number }).send()));
  await LoginCounterEntity.build(DeleteItemCommand).key({ accountId }).send();
}
