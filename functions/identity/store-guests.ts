import { createHash } from 'node:crypto';
import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { $remove } from 'dynamodb-toolbox/entity/actions/update/symbols';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { GameError } from '#shared/contract/errors.ts';
import { sha256 } from '#shared/kernel/canonical-json.ts';
import { SECOND_MS, toIso, ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { identityKeys } from '#shared/table/keys/identity.ts';
import { entityDefaults, table, tableName } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import { guestLimits } from './rules.ts';

const GuestEntity = new Entity({
  ...entityDefaults,
  name: 'Guest',
  table,
  schema: item({
    accountId: string().key(),
    secretHash: string(),
    state: string().enum('ACTIVE', 'UNUSED'),
    createdAtMs: number(),
    lastUsedAtMs: number(),
    gsi1pk: string().optional(),
    gsi1sk: string().optional(),
  }),
  computeKey: identityKeys.guest.primary,
});

const GuestSecretEntity = new Entity({
  ...entityDefaults,
  name: 'GuestSecret',
  table,
  schema: item({ secretHash: string().key(), accountId: string() }),
  computeKey: identityKeys.guestSecret.primary,
});

const GuestQuotaEntity = new Entity({
  ...entityDefaults,
  name: 'GuestQuota',
  table,
  schema: item({ network: string().key(), day: number().key(), opened: number(), ttl: number() }),
  computeKey: identityKeys.guestQuota.primary,
});

/** An account that a secret on one device signs in to, and nothing that its owner could remember. */
export interface Guest {
  readonly accountId: AccountId;
  readonly secretHash: string;
  readonly state: 'ACTIVE' | 'UNUSED';
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number;
}

export const GUEST_SHARDS = 8;

function dueIndex(accountId: AccountId, dueAtMs: number) {
  const shard = createHash('sha256').update(accountId).digest()[0]! % GUEST_SHARDS;
  return identityKeys.guest.index('gsi1', { shard, dueAt: toIso(dueAtMs), accountId });
}

/** Strongly consistent. */
export async function getGuest(accountId: AccountId): Promise<Guest | undefined> {
  const { Item } = await GuestEntity.build(GetItemCommand).key({ accountId }).options({ consistent: true }).send();
  return Item as Guest | undefined;
}

/** The guest whom a secret was given out to; undefined when it is nobody's, or no longer good. Strongly consistent. */
export async function guestOfSecret(secret: string): Promise<Guest | undefined> {
  const secretHash = sha256(secret);
  const { Item } = await GuestSecretEntity.build(GetItemCommand)
    .key({ secretHash })
    .options({ consistent: true })
    .send();
  const guest = Item && (await getGuest(Item.accountId as AccountId));
  return guest?.secretHash === secretHash ? guest : undefined;
}

function put(guest: Guest) {
  const { accountId, lastUsedAtMs } = guest;
  return GuestEntity.build(PutTransaction).item({
    ...guest,
    ...dueIndex(accountId, lastUsedAtMs + guestLimits.unusedAfterMs),
  });
}

export function putGuest(opened: Omit<Guest, 'state' | 'lastUsedAtMs'>): readonly Write[] {
  const { accountId, secretHash, createdAtMs } = opened;
  const guest: Guest = { accountId, secretHash, createdAtMs, state: 'ACTIVE', lastUsedAtMs: createdAtMs };
  return [
    put(guest).options({ condition: { attr: 'accountId', exists: false } }),
    GuestSecretEntity.build(PutTransaction)
      .item({ secretHash, accountId })
      .options({ condition: { attr: 'secretHash', exists: false } }),
  ];
}

/** Notes that the guest has signed in, while the secret is good. */
export function putUsed({ accountId, secretHash, createdAtMs }: Guest, nowMs: number): Write {
  return guarded(
    put({ accountId, secretHash, createdAtMs, state: 'ACTIVE', lastUsedAtMs: nowMs }).options({
      condition: { attr: 'secretHash', eq: secretHash },
    }),
    new GameError('identity.guest_unknown'),
  );
}

/** Sets when to look at the guest again, if they have not signed in meanwhile. */
export function updateDue({ accountId, lastUsedAtMs }: Guest, dueAtMs: number): Write {
  return GuestEntity.build(UpdateTransaction)
    .item({ accountId, ...dueIndex(accountId, dueAtMs) })
    .options({ condition: { attr: 'lastUsedAtMs', eq: lastUsedAtMs } });
}

/** Marks the guest as unused, if they have not signed in meanwhile. */
export function updateUnused({ accountId, lastUsedAtMs }: Guest): Write {
  return GuestEntity.build(UpdateTransaction)
    .item({ accountId, state: 'UNUSED', gsi1pk: $remove(), gsi1sk: $remove() })
    .options({ condition: { attr: 'lastUsedAtMs', eq: lastUsedAtMs } });
}

/** The account is no guest's any more, and its secret is dead. */
export function deleteGuest({ accountId, secretHash }: Guest): readonly Write[] {
  return [
    GuestEntity.build(DeleteTransaction)
      .key({ accountId })
      .options({ condition: { attr: 'secretHash', eq: secretHash } }),
    GuestSecretEntity.build(DeleteTransaction).key({ secretHash }),
  ];
}

/** Guests of one shard whose time for a look has come, the longest due first. */
export async function listDueGuests(shard: number, nowMs: number, limit: number): Promise<readonly Guest[]> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(GuestEntity)
    .query({
      index: 'gsi1',
      partition: identityKeys.guest.indexPartition('gsi1', { shard }),
      range: { lte: `${toIso(nowMs)}~~` },
    })
    .options({ limit })
    .send();
  return Items.map((row) => ({ ...row, accountId: row.accountId as AccountId }));
}

function dayOf(nowMs: number): number {
  return nowMs - (nowMs % guestLimits.quotaWindowMs);
}

function quotaUsedUp(nowMs: number): GameError {
  const leftMs = dayOf(nowMs) + guestLimits.quotaWindowMs - nowMs;
  return new GameError('identity.guest_limit', {}, { retryAfterSeconds: Math.ceil(leftMs / SECOND_MS) });
}

/**
 * A look before any work is done; taking one decides.
 * @throws GameError `identity.guest_limit`.
 */
export async function requireQuota(network: string, nowMs: number): Promise<void> {
  const { Item } = await GuestQuotaEntity.build(GetItemCommand)
    .key({ network, day: dayOf(nowMs) })
    .send();
  if ((Item?.opened ?? 0) >= guestLimits.perNetworkPerDay) throw quotaUsedUp(nowMs);
}

/**
 * Takes one of the guests that a network may open in a day. Written out: with the entity's update, opening a guest would
 * load a tenth more.
 */
export function takeFromQuota(network: string, nowMs: number): Write {
  const day = dayOf(nowMs);
  const { entityAttribute, ttlAttribute } = tableDefinition;
  return guarded(
    {
      params: () => ({
        Update: {
          TableName: tableName(),
          Key: identityKeys.guestQuota.primary({ network, day }),
          UpdateExpression: 'SET #entity = :entity, network = :network, #day = :day, #ttl = :ttl ADD opened :one',
          ConditionExpression: 'attribute_not_exists(opened) OR opened < :limit',
          ExpressionAttributeNames: { '#entity': entityAttribute, '#ttl': ttlAttribute, '#day': 'day' },
          ExpressionAttributeValues: {
            ':entity': GuestQuotaEntity.entityName,
            ':network': network,
            ':day': day,
            ':ttl': ttlSeconds(day + 2 * guestLimits.quotaWindowMs),
            ':one': 1,
            ':limit': guestLimits.perNetworkPerDay,
          },
        },
      }),
    },
    quotaUsedUp(nowMs),
  );
}
