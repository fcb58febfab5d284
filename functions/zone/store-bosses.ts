import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type { Slug } from '#shared/kernel/ids.ts';
import { zoneKeys } from '#shared/table/keys/zone.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';

/** How it is with a boss of a zone, whoever runs the zone. */
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
  }),
  computeKey: zoneKeys.boss.primary,
});

/** One boss, strongly consistent; undefined when it has never appeared. */
export async function readBoss(zoneId: Slug, spawnId: string): Promise<BossState | undefined> {
  const { Item } = await BossEntity.build(GetItemCommand).key({ zoneId, spawnId }).options({ consistent: true }).send();
  return Item && { spawnId: Item.spawnId, life: Item.life, dueAtMs: Item.dueAtMs };
}

/** A zone's bosses, strongly consistent: at most as many as content spawns. */
export async function readBosses(zoneId: Slug): Promise<readonly BossState[]> {
  const { Items } = await table
    .build(QueryCommand)
    .entities(BossEntity)
    .query({ partition: zoneKeys.boss.partition({ zoneId }), range: { beginsWith: zoneKeys.boss.sortPrefix } })
    .options({ consistent: true, maxPages: Number.POSITIVE_INFINITY })
    .send();
  return (Items ?? []).map(({ spawnId, life, dueAtMs }) => ({ spawnId, life, dueAtMs }));
}

/** A boss appears for the `life`th time, if it has not already. */
export function appearWrite(zoneId: Slug, { spawnId, life }: Omit<BossState, 'dueAtMs'>): Write {
  return BossEntity.build(PutTransaction)
    .item({ zoneId, spawnId, life })
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
export function fallWrite(zoneId: Slug, { spawnId, life, dueAtMs }: Required<BossState>): Write {
  return BossEntity.build(PutTransaction)
    .item({ zoneId, spawnId, life, dueAtMs })
    .options({
      condition: {
        or: [
          { attr: 'life', exists: false },
          { attr: 'life', lte: life },
        ],
      },
    });
}
