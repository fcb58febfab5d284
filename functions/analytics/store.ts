import { createHash } from 'node:crypto';
import { Entity } from 'dynamodb-toolbox/entity';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { $add } from 'dynamodb-toolbox/entity/actions/update/symbols';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { DAY_MS, ttlSeconds } from '#shared/kernel/clock.ts';
import { analyticsKeys } from '#shared/table/keys/analytics.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';

/** A count in a transaction costs 2 write units, so a shard takes 500 events a second: this is room for 8,000. */
export const COUNT_SHARDS = 16;
const KEPT_MS = 400 * DAY_MS;

const EventCountEntity = new Entity({
  ...entityDefaults,
  name: 'EventCount',
  table,
  schema: item({
    day: string().key(),
    shard: number().key(),
    name: string().key(),
    count: number(),
    ttl: number(),
  }),
  computeKey: analyticsKeys.eventCount.primary,
});

/** Adds one to the count of an event on a day; the event's id decides on the shard. */
export function addOne(event: { id: string; name: string; day: string }): Write {
  const shard = createHash('sha256').update(event.id).digest()[0]! % COUNT_SHARDS;
  const { name, day } = event;
  return EventCountEntity.build(UpdateTransaction).item({
    day,
    shard,
    name,
    count: $add(1),
    ttl: ttlSeconds(Date.parse(day) + KEPT_MS),
  });
}

/** All counts of a day, by event. */
export async function countsOf(day: string): Promise<ReadonlyMap<string, number>> {
  const shards = await Promise.all(
    Array.from({ length: COUNT_SHARDS }, (_none, shard) =>
      table
        .build(QueryCommand)
        .entities(EventCountEntity)
        .query({ partition: analyticsKeys.eventCount.partition({ day, shard }) })
        .send(),
    ),
  );
  const counts = new Map<string, number>();
  for (const { name, count } of shards.flatMap(({ Items = [] }) => Items)) {
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return counts;
}
