import { Entity } from 'dynamodb-toolbox/entity';
import { BatchGetRequest } from 'dynamodb-toolbox/entity/actions/batchGet';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { list } from 'dynamodb-toolbox/schema/list';
import { map } from 'dynamodb-toolbox/schema/map';
import { number } from 'dynamodb-toolbox/schema/number';
import { record } from 'dynamodb-toolbox/schema/record';
import { string } from 'dynamodb-toolbox/schema/string';
import { BatchGetCommand, execute } from 'dynamodb-toolbox/table/actions/batchGet';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { DAY_MS, toIso, ttlSeconds } from '#shared/kernel/clock.ts';
import type { CharacterId, DropId, LootRollId, PartyId, Slug } from '#shared/kernel/ids.ts';
import { lootKeys } from '#shared/table/keys/loot.ts';
import { entityDefaults, table, tableName } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { type Choice, choices, type RollFacts } from './rolls.ts';
import { DropEntity, dueIndex } from './store.ts';

/** So long a roll can be looked at, and computed again, after its end. */
const KEPT_MS = 7 * DAY_MS;
/** Rolls of one answer. */
export const ROLLS_LISTED = 50;

export interface Roll extends RollFacts {
  readonly dropId: DropId;
  readonly slotIndex: number;
  readonly partyId?: PartyId | undefined;
  readonly templateId: Slug;
  readonly count: number;
  readonly commitment: string;
  readonly startedAtMs: number;
  readonly closesAtMs: number;
  readonly state: 'OPEN' | 'DECIDED';
  readonly decidedAtMs?: number | undefined;
  /** Unset while it is open, and when all have passed. */
  readonly winnerId?: CharacterId | undefined;
  /** Of those who might not have it in the end: they had taken another of the kind meanwhile. */
  readonly barredIds?: readonly CharacterId[] | undefined;
}

const RollEntity = new Entity({
  ...entityDefaults,
  name: 'LootRoll',
  table,
  schema: item({
    rollId: string().key(),
    dropId: string(),
    slotIndex: number(),
    partyId: string().optional(),
    templateId: string(),
    count: number(),
    eligible: list(map({ accountId: string(), characterId: string() })),
    seed: string(),
    commitment: string(),
    startedAtMs: number(),
    closesAtMs: number(),
    votes: record(string(), string().enum(...choices)),
    state: string().enum('OPEN', 'DECIDED'),
    decidedAtMs: number().optional(),
    winnerId: string().optional(),
    barredIds: list(string()).optional(),
    gsi1pk: string().optional(),
    gsi1sk: string().optional(),
    ttl: number(),
  }),
  computeKey: lootKeys.roll.primary,
});

const CallEntity = new Entity({
  ...entityDefaults,
  name: 'LootCall',
  table,
  schema: item({
    characterId: string().key(),
    closesAt: string().key(),
    dropId: string().key(),
    rollIds: list(string()),
    ttl: number(),
  }),
  computeKey: lootKeys.call.primary,
});

// biome-ignore lint/suspicious/noExplicitAny: the row as the library formats it; ids in it have lost their brands
function toRoll({ votes, gsi1pk: _pk, gsi1sk: _sk, ttl: _ttl, ...row }: any): Roll {
  return { ...row, votes: new Map(Object.entries(votes)) };
}

/** The roll, strongly consistent. */
export async function readRoll(rollId: LootRollId): Promise<Roll | undefined> {
  const { Item } = await RollEntity.build(GetItemCommand).key({ rollId }).options({ consistent: true }).send();
  return Item && toRoll(Item);
}

/** Rolls by their ids, at most 100, as far as they are there; may lag by a moment. */
async function listRolls(rollIds: readonly LootRollId[]): Promise<readonly Roll[]> {
  if (rollIds.length === 0) return [];
  const requests = rollIds.map((rollId) => RollEntity.build(BatchGetRequest).key({ rollId }));
  const { Responses } = await execute({ maxAttempts: 4 }, table.build(BatchGetCommand).requests(...requests));
  return ((Responses?.[0] ?? []) as readonly unknown[]).flatMap((row) => (row ? [toRoll(row)] : []));
}

/** Begins a roll. */
export function putRoll(roll: Roll): Write {
  return RollEntity.build(PutTransaction)
    .item({
      ...roll,
      eligible: roll.eligible.map(({ accountId, characterId }) => ({ accountId, characterId })),
      votes: {},
      barredIds: undefined,
      ...dueIndex(roll.rollId, roll.closesAtMs),
      ttl: ttlSeconds(roll.closesAtMs + KEPT_MS),
    })
    .options({ condition: { attr: 'rollId', exists: false } });
}

/** Calls a character to the rolls for a drop. */
export function putCall(call: {
  readonly characterId: CharacterId;
  readonly dropId: DropId;
  readonly rollIds: readonly LootRollId[];
  readonly closesAtMs: number;
}): Write {
  const { characterId, dropId, rollIds, closesAtMs } = call;
  return CallEntity.build(PutTransaction).item({
    characterId,
    dropId,
    closesAt: toIso(closesAtMs),
    rollIds: [...rollIds],
    ttl: ttlSeconds(closesAtMs),
  });
}

/** The rolls that a character is called to and whose time is not over, those that close first before; at most 50. */
export async function listCalled(characterId: CharacterId, nowMs: number): Promise<readonly Roll[]> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(CallEntity)
    .query({ partition: lootKeys.call.partition({ characterId }), range: { gt: `${toIso(nowMs)}~~` } })
    .options({ limit: ROLLS_LISTED })
    .send();
  const rollIds = Items.flatMap((call) => call.rollIds as LootRollId[]).slice(0, ROLLS_LISTED);
  return listRolls(rollIds);
}

/** One vote, while the roll is open; each has one, and it stays. */
export function voteWrite(roll: Roll, characterId: CharacterId, choice: Choice, nowMs: number): Write {
  return {
    params: () => ({
      Update: {
        TableName: tableName(),
        Key: lootKeys.roll.primary({ rollId: roll.rollId }),
        UpdateExpression: 'SET votes.#who = :choice',
        ConditionExpression: '#state = :open AND closesAtMs > :now AND attribute_not_exists(votes.#who)',
        ExpressionAttributeNames: { '#state': 'state', '#who': characterId },
        ExpressionAttributeValues: { ':choice': choice, ':open': 'OPEN', ':now': nowMs },
      },
    }),
  };
}

/** Decides a roll, if nobody has and no vote has come since it was read. */
export function decideWrite(
  roll: Roll,
  decision: {
    readonly winnerId: CharacterId | undefined;
    readonly barredIds: readonly CharacterId[];
    readonly nowMs: number;
  },
): Write {
  const { winnerId, barredIds, nowMs } = decision;
  const sets = ['#state = :decided', 'decidedAtMs = :now'];
  if (winnerId) sets.push('winnerId = :winner');
  if (barredIds.length > 0) sets.push('barredIds = :barred');
  return {
    params: () => ({
      Update: {
        TableName: tableName(),
        Key: lootKeys.roll.primary({ rollId: roll.rollId }),
        UpdateExpression: `SET ${sets.join(', ')} REMOVE gsi1pk, gsi1sk`,
        ConditionExpression: '#state = :open AND size(votes) = :seen',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: {
          ':decided': 'DECIDED',
          ':open': 'OPEN',
          ':seen': roll.votes.size,
          ':now': nowMs,
          ...(winnerId ? { ':winner': winnerId } : {}),
          ...(barredIds.length > 0 ? { ':barred': barredIds } : {}),
        },
      },
    }),
  };
}

/** Ids of what is due in a shard, earliest first, at most `limit`: rolls to decide, drops to settle. May lag by a moment. */
export async function listDue(
  shard: number,
  nowMs: number,
  limit: number,
): Promise<{ readonly rollIds: readonly LootRollId[]; readonly dropIds: readonly DropId[] }> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(RollEntity, DropEntity)
    .query({
      index: 'gsi1',
      partition: lootKeys.roll.indexPartition('gsi1', { shard }),
      range: { lte: `${toIso(nowMs)}~~` },
    })
    .options({ limit, showEntityAttr: true })
    .send();
  return {
    rollIds: Items.flatMap((one) => (one.entity === 'LootRoll' ? [one.rollId as LootRollId] : [])),
    dropIds: Items.flatMap((one) => (one.entity === 'Drop' ? [one.dropId as DropId] : [])),
  };
}
