import { Entity } from 'dynamodb-toolbox/entity';
import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { $remove, $set } from 'dynamodb-toolbox/entity/actions/update/symbols';
import { any } from 'dynamodb-toolbox/schema/any';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type { Slug } from '#shared/kernel/ids.ts';
import { isConditionFailed } from '#shared/table/condition-failed.ts';
import { zoneKeys } from '#shared/table/keys/zone.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import type { Merge } from './layer-rules.ts';

/** All wanted units stand in one partition: shards read it each second or so, and it changes seldom. */
const PART = 'open';
/** Units beside the first layers that there can be at once. */
export const MAX_WANTED_UNITS = 500;

const UnitEntity = new Entity({
  ...entityDefaults,
  name: 'ZoneUnit',
  table,
  schema: item({
    part: string().key(),
    unitId: string().key(),
    openedAtMs: number(),
    merge: any().castAs<Merge>().optional(),
  }),
  computeKey: zoneKeys.unit.primary,
});

/** Wants a unit to be run, from here on until it is retired. */
export function wantUnitWrite(unitId: Slug, openedAtMs: number): Write {
  return UnitEntity.build(PutTransaction).item({ part: PART, unitId, openedAtMs });
}

/** The same at once; when it is wanted already nothing changes. */
export async function wantUnit(unitId: Slug, openedAtMs: number): Promise<void> {
  try {
    await UnitEntity.build(PutItemCommand)
      .item({ part: PART, unitId, openedAtMs })
      .options({ condition: { attr: 'unitId', exists: false } })
      .send();
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
  }
}

export function dropUnitWrite(unitId: Slug): Write {
  return UnitEntity.build(DeleteTransaction).key({ part: PART, unitId });
}

/** Notes into which layer a layer is to be merged, or that it is not, if it is wanted at all. */
export function mergeWrite(unitId: Slug, merge: Merge | undefined): Write {
  return UnitEntity.build(UpdateTransaction)
    .item({ part: PART, unitId, merge: merge ? ($set(merge) as never) : $remove() })
    .options({ condition: { attr: 'unitId', exists: true } });
}

/** A unit that is wanted beside the first layers. */
export interface OpenUnit {
  readonly unitId: Slug;
  readonly merge?: Merge | undefined;
}

/** Units that are wanted beside the first layers, those whose id begins so, by their ids. */
export async function listUnits(beginsWith = ''): Promise<readonly Slug[]> {
  return (await readUnits(beginsWith)).map(({ unitId }) => unitId);
}

/** The same, with what is noted of them. */
export async function readUnits(beginsWith: string): Promise<readonly OpenUnit[]> {
  const { Items } = await table
    .build(QueryCommand)
    .entities(UnitEntity)
    .query({
      partition: zoneKeys.unit.partition({ part: PART }),
      range: { beginsWith: zoneKeys.unit.sortPrefix + beginsWith },
    })
    .options({ limit: MAX_WANTED_UNITS })
    .send();
  return Items ?? [];
}
