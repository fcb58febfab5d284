import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { DAY_MS, ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { tradeKeys } from '#shared/table/keys/trade.ts';
import { documentClient, tableName } from '#shared/table/table.ts';
import type { TransactAction } from '#shared/table/write.ts';

/** Rows outlive their day a little: nobody asks for them then. */
const KEPT_MS = 3 * DAY_MS;

/** How much an account gives away on one day. */
export interface Gift {
  readonly accountId: AccountId;
  /** Such as `daily-2026-11-22`. */
  readonly day: string;
  /** Minor units of value, at least 1. */
  readonly value: bigint;
}

/** What an account has given away on a day, strongly consistent. */
export async function givenOn({ accountId, day }: Omit<Gift, 'value'>): Promise<bigint> {
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: tableName(), Key: tradeKeys.given.primary({ accountId, day }), ConsistentRead: true }),
  );
  return BigInt(Item?.given ?? 0);
}

/** Amounts here are small: what is above an allowance is never counted. */
function addition({ accountId, day }: Omit<Gift, 'value'>, amount: number, nowMs: number) {
  return {
    TableName: tableName(),
    Key: tradeKeys.given.primary({ accountId, day }),
    UpdateExpression: 'SET #entity = :entity, #ttl = :ttl ADD given :amount',
    ExpressionAttributeNames: { '#entity': tableDefinition.entityAttribute, '#ttl': tableDefinition.ttlAttribute },
    ExpressionAttributeValues: { ':entity': 'TradeGiven', ':ttl': ttlSeconds(nowMs + KEPT_MS), ':amount': amount },
  };
}

/** Counts a gift, if the day's sum stays within the allowance: by condition, also between trades at the same moment. */
export function countGift(gift: Gift, allowance: bigint, nowMs: number): TransactAction {
  const update = addition(gift, Number(gift.value), nowMs);
  return {
    params: () => ({
      Update: {
        ...update,
        // A row that is not there yet has given nothing; what alone is too much never gets here.
        ConditionExpression: 'attribute_not_exists(given) OR given <= :room',
        ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':room': Number(allowance - gift.value) },
      },
    }),
  };
}

/** Takes a gift back that came to nothing. It cannot be refused. */
export function uncountGift(gift: Gift, nowMs: number): TransactAction {
  return { params: () => ({ Update: addition(gift, -Number(gift.value), nowMs) }) };
}
