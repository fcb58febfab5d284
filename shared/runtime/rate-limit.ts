import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { RateClass } from '#shared/contract/endpoint.ts';
import { GameError } from '#shared/contract/errors.ts';
import { sha256 } from '#shared/kernel/canonical-json.ts';
import { MINUTE_MS, ttlSeconds } from '#shared/kernel/clock.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { platformKeys } from '#shared/table/keys/platform.ts';
import { documentClient, tableName } from '#shared/table/table.ts';

/** Token buckets of the classes that are limited in the table: refill per second and size (VALUE 5, "consumption"). */
export const rateBuckets: Readonly<Partial<Record<RateClass, { refillPerSecond: number; burst: number }>>> = {
  auth: { refillPerSecond: 10, burst: 20 },
  value: { refillPerSecond: 10, burst: 20 },
};

/**
 * Takes one token from the subject's bucket, in one conditional write (GCRA: the row stores when the bucket will be
 * full again). Holds across all concurrent functions.
 * @throws GameError `request.rate_limited` with Retry-After.
 */
export async function takeToken(rateClass: RateClass, subject: string, nowMs: number): Promise<void> {
  const bucket = rateBuckets[rateClass];
  if (!bucket) return;
  const costMs = 1_000 / bucket.refillPerSecond;
  const capacityMs = costMs * bucket.burst;
  const key = platformKeys.rateBucket.primary({ rateClass, subject: sha256(subject) });
  const common = { TableName: tableName(), Key: key };
  const ttl = { '#ttl': tableDefinition.ttlAttribute };
  try {
    await documentClient().send(
      new UpdateCommand({
        ...common,
        UpdateExpression: 'SET fullAtMs = fullAtMs + :cost, #ttl = :ttl',
        ConditionExpression: 'fullAtMs > :now AND fullAtMs <= :limit',
        ExpressionAttributeNames: ttl,
        ExpressionAttributeValues: {
          ':cost': costMs,
          ':now': nowMs,
          ':limit': nowMs + capacityMs - costMs,
          ':ttl': ttlSeconds(nowMs + capacityMs + MINUTE_MS),
        },
      }),
    );
    return;
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
  }
  try {
    await documentClient().send(
      new UpdateCommand({
        ...common,
        UpdateExpression: 'SET fullAtMs = :fresh, #ttl = :ttl',
        ConditionExpression: 'attribute_not_exists(fullAtMs) OR fullAtMs <= :now',
        ExpressionAttributeNames: ttl,
        ExpressionAttributeValues: {
          ':fresh': nowMs + costMs,
          ':now': nowMs,
          ':ttl': ttlSeconds(nowMs + capacityMs + MINUTE_MS),
        },
      }),
    );
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    throw new GameError('request.rate_limited', {}, { retryAfterSeconds: Math.max(1, costMs / 1_000) });
  }
}

function isConditionFailed(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}
