import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import type { Condition } from 'dynamodb-toolbox/entity/actions/parseCondition';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type { GameError } from '#shared/contract/errors.ts';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { isConditionFailed } from '#shared/table/condition-failed.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { friendKeys } from '#shared/table/keys/friend.ts';
import { documentClient, entityDefaults, table, tableName } from '#shared/table/table.ts';
import { guarded, type TransactAction, type Write } from '#shared/table/write.ts';
import {
  countTally,
  friendLimits,
  type Relation,
  type RelationSide,
  relationAt,
  type Tally,
  type TallyShift,
} from './rules.ts';

const RelationEntity = new Entity({
  ...entityDefaults,
  name: 'FriendRelation',
  table,
  schema: item({
    accountId: string().key(),
    otherId: string().key(),
    relation: string().enum('friend', 'sent', 'received'),
    name: string().optional(),
    sinceMs: number(),
    expiresAtMs: number().optional(),
    revision: number(),
    ttl: number().optional(),
  }),
  computeKey: friendKeys.relation.primary,
});

const TallyEntity = new Entity({
  ...entityDefaults,
  name: 'FriendTally',
  table,
  schema: item({
    accountId: string().key(),
    friends: number(),
    sent: number(),
    received: number(),
  }),
  computeKey: friendKeys.tally.primary,
});

type RelationRow = Omit<RelationSide, 'accountId' | 'otherId'> & { accountId: string; otherId: string };

function sideOf({ accountId, otherId, relation, name, sinceMs, expiresAtMs, revision }: RelationRow): RelationSide {
  return {
    accountId: accountId as AccountId,
    otherId: otherId as AccountId,
    relation,
    name,
    sinceMs,
    expiresAtMs,
    revision,
  };
}

/** A pair as it stands: each side's row, as far as there is one. */
export interface Pair {
  readonly mine: RelationSide | undefined;
  readonly theirs: RelationSide | undefined;
}

/** What one account is to another, seen from the first; strongly consistent. */
export async function getSide(accountId: AccountId, otherId: AccountId): Promise<RelationSide | undefined> {
  const { Item } = await RelationEntity.build(GetItemCommand)
    .key({ accountId, otherId })
    .options({ consistent: true })
    .send();
  return Item && sideOf(Item);
}

/** Both sides of a pair, strongly consistent. They may be of two moments: a write guarded by both tells. */
export async function getPair(accountId: AccountId, otherId: AccountId): Promise<Pair> {
  const [mine, theirs] = await Promise.all([getSide(accountId, otherId), getSide(otherId, accountId)]);
  return { mine, theirs };
}

/**
 * A page of an account's live relations of one kind. The caps bound the partition far below DynamoDB's 1 MB page, so
 * one query sees all of it.
 */
export async function listRelations(
  accountId: AccountId,
  relation: Relation,
  page: { nowMs: number; limit: number; after: string | undefined },
): Promise<{ sides: readonly RelationSide[]; lastKey: string | undefined }> {
  const partition = friendKeys.relation.partition({ accountId });
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(RelationEntity)
    .query({
      partition,
      range: { beginsWith: friendKeys.relation.sortPrefix },
    })
    .options({
      filters: { FriendRelation: { attr: 'relation', eq: relation } },
      ...(page.after === undefined ? {} : { exclusiveStartKey: { pk: partition, sk: page.after } }),
    })
    .send();
  const live = Items.map(sideOf).filter((side) => relationAt(side, page.nowMs) === relation);
  const sides = live.slice(0, page.limit);
  const last = live.length > sides.length ? sides.at(-1) : undefined;
  return { sides, lastKey: last && friendKeys.relation.primary(last).sk };
}

/** All of an account's relations, those that have expired among them: the caps bound them. Strongly consistent. */
export async function listSides(accountId: AccountId): Promise<readonly RelationSide[]> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(RelationEntity)
    .query({
      partition: friendKeys.relation.partition({ accountId }),
      range: { beginsWith: friendKeys.relation.sortPrefix },
    })
    .options({ consistent: true })
    .send();
  return Items.map(sideOf);
}

/** Holds while the side is what it was when it was read: the pair's changes happen one after the other. */
function unchanged(seen: RelationSide | undefined): { condition: Condition<typeof RelationEntity> } {
  return {
    condition: seen ? { attr: 'revision', eq: seen.revision } : { attr: 'accountId', exists: false },
  };
}

export function putSide(side: RelationSide, seen: RelationSide | undefined): Write {
  return RelationEntity.build(PutTransaction)
    .item({ ...side, ...(side.expiresAtMs === undefined ? {} : { ttl: ttlSeconds(side.expiresAtMs) }) })
    .options(unchanged(seen));
}

export function deleteSide(seen: RelationSide): Write {
  const { accountId, otherId } = seen;
  return RelationEntity.build(DeleteTransaction).key({ accountId, otherId }).options(unchanged(seen));
}

export function deleteTally(accountId: AccountId): Write {
  return TallyEntity.build(DeleteTransaction).key({ accountId });
}

const caps = {
  friends: friendLimits.friends,
  sent: friendLimits.openSent,
  received: friendLimits.openReceived,
} as const;

/** Takes and frees places; refuses with `full` where a place is taken that there is not. */
function shiftTally(accountId: AccountId, shift: Partial<Tally>, full: GameError | undefined): Write {
  const taken = (['friends', 'sent', 'received'] as const).find((kind) => (shift[kind] ?? 0) > 0);
  const capped = taken !== undefined && full !== undefined;
  const { friends = 0, sent = 0, received = 0 } = shift;
  const update: TransactAction = {
    params: () => ({
      Update: {
        TableName: tableName(),
        Key: friendKeys.tally.primary({ accountId }),
        UpdateExpression:
          'SET #entity = :entity, accountId = :account ADD friends :friends, sent :sent, received :received',
        ...(capped && { ConditionExpression: `attribute_not_exists(${taken}) OR ${taken} < :cap` }),
        ExpressionAttributeNames: { '#entity': tableDefinition.entityAttribute },
        ExpressionAttributeValues: {
          ':entity': TallyEntity.entityName,
          ':account': accountId,
          ':friends': friends,
          ':sent': sent,
          ':received': received,
          ...(capped && { ':cap': caps[taken] }),
        },
      },
    }),
  };
  return capped ? guarded(update, full) : update;
}

/** Moves the tallies of both sides. With refusals given, the caps hold by condition, also between concurrent changes. */
export function shiftTallies(
  pair: { accountId: AccountId; otherId: AccountId },
  shift: TallyShift,
  full?: { mine: GameError; theirs: GameError },
): readonly Write[] {
  return [shiftTally(pair.accountId, shift.mine, full?.mine), shiftTally(pair.otherId, shift.theirs, full?.theirs)];
}

/**
 * Frees the places of requests that have expired, which nobody counts down. True when there was one to free.
 * A change of the tally at the same moment wins; then this did nothing.
 */
export async function freeExpired(accountId: AccountId, nowMs: number): Promise<boolean> {
  const [{ Item: stored }, sides] = await Promise.all([
    TallyEntity.build(GetItemCommand).key({ accountId }).options({ consistent: true }).send(),
    listSides(accountId),
  ]);
  if (!stored) return false;
  const { sent, received } = stored;
  const live = countTally(sides, nowMs);
  if (live.sent >= sent && live.received >= received) return false;
  try {
    await documentClient().send(
      new UpdateCommand({
        TableName: tableName(),
        Key: friendKeys.tally.primary({ accountId }),
        UpdateExpression: 'SET sent = :liveSent, received = :liveReceived',
        ConditionExpression: 'sent = :sent AND received = :received',
        ExpressionAttributeValues: {
          ':sent': sent,
          ':received': received,
          ':liveSent': live.sent,
          ':liveReceived': live.received,
        },
      }),
    );
    return true;
  } catch (error) {
    if (isConditionFailed(error)) return false;
    throw error;
  }
}
