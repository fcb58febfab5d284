import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { RateClass } from '#shared/contract/endpoint.ts';
import { GameError } from '#shared/contract/errors.ts';
import { sha256 } from '#shared/kernel/canonical-json.ts';
import { MINUTE_MS, ttlSeconds } from '#shared/kernel/clock.ts';
import { isConditionFailed } from '#shared/table/condition-failed.ts';
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
  const update = async (assignment: string, condition: string, values: Record<string, number>): Promise<boolean> => {
    try {
      await documentClient().send(
        new UpdateCommand({
          TableName: tableName(),
          Key: key,
          UpdateExpression: `SET fullAtMs = ${assignment}, #ttl = :ttl`,
          ConditionExpression: condition,
          ExpressionAttributeNames: { '#ttl': tableDefinition.ttlAttribute },
          ExpressionAttributeValues: { ...values, ':now': nowMs, ':ttl': ttlSeconds(nowMs + capacityMs + MINUTE_MS) },
        }),
      );
      return true;
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
      return false;
    }
  };
  const takeFromUsed = () =>
    update('fullAtMs + :cost', 'fullAtMs > :now AND fullAtMs <= :limit', {
      ':cost': costMs,
      ':limit': nowMs + capacityMs - costMs,
    });
  const takeFromFull = () =>
    update(':fresh', 'attribute_not_exists(fullAtMs) OR fullAtMs <= :now', { ':fresh': nowMs + costMs });

  // A bucket fills in 2 seconds, so that most calls find theirs full. Of several that do at once one changes it; for the
  // others it is a used one then.
  if ((await takeFromFull()) || (await takeFromUsed())) return;
  throw new GameError('request.rate_limited', {}, { retryAfterSeconds: Math.max(1, costMs / 1_000) });
}
