import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import { unitParts } from '#shared/kernel/zone-unit.ts';
import { zoneKeys } from '#shared/table/keys/zone.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { instanceLimits } from './unit-rules.ts';

/** How it is with a boss of a unit, whoever runs it: each layer and instance has its own lives of it. */
export interface BossState {
  readonly spawnId: string;
  /** Counts how often it has appeared. */
  readonly life: number;
  /** When it comes back; unset: it lives. */
  readonly dueAtMs?: number | undefined;
}

const BossEntity = new Entity({
  ...entityDefaults,
  name: 'ZoneBoss',
  table,
  schema: item({
    zoneId: string().key(),
    spawnId: string().key(),
    life: number(),
    dueAtMs: number().optional(),
    ttl: number().optional(),
  }),
  computeKey: zoneKeys.boss.primary,
});

/** The rows of an instance go when none of its lives can need them any more; a zone's stay. */
function lasting(unitId: Slug, fromMs: number) {
  return unitParts(unitId).instanceId ? { ttl: ttlSeconds(fromMs + instanceLimits.lifeMs) } : {};
}

/** One boss, strongly consistent; undefined when it has never appeared. */
export async function readBoss(unitId: Slug, spawnId: string): Promise<BossState | undefined> {
  const key = { zoneId: unitId, spawnId };
  const { Item } = await BossEntity.build(GetItemCommand).key(key).options({ consistent: true }).send();
  return Item && { spawnId: Item.spawnId, life: Item.life, dueAtMs: Item.dueAtMs };
}

/** A unit's bosses, strongly consistent: at most as many as content spawns. */
export async function readBosses(unitId: Slug): Promise<readonly BossState[]> {
  const { Items } = await table
    .build(QueryCommand)
    .entities(BossEntity)
    .query({ partition: zoneKeys.boss.partition({ zoneId: unitId }), range: { beginsWith: zoneKeys.boss.sortPrefix } })
    .options({ consistent: true, maxPages: Number.POSITIVE_INFINITY })
    .send();
  return (Items ?? []).map(({ spawnId, life, dueAtMs }) => ({ spawnId, life, dueAtMs }));
}

/** A boss appears for the `life`th time, if it has not already. */
export function appearWrite(unitId: Slug, { spawnId, life }: Omit<BossState, 'dueAtMs'>, nowMs: number): Write {
  return BossEntity.build(PutTransaction)
    .item({ zoneId: unitId, spawnId, life, ...lasting(unitId, nowMs) })
    .options({
      condition: {
        or: [
          { attr: 'life', exists: false },
          { attr: 'life', lt: life },
        ],
      },
    });
}

/** A boss is dead in this life or an earlier one; a later one stays. */
export function fallWrite(unitId: Slug, { spawnId, life, dueAtMs }: Required<BossState>): Write {
  return BossEntity.build(PutTransaction)
    .item({ zoneId: unitId, spawnId, life, dueAtMs, ...lasting(unitId, dueAtMs) })
    .options({
      condition: {
        or: [
          { attr: 'life', exists: false },
          { attr: 'life', lte: life },
        ],
      },
    });
}
