import { Entity } from 'dynamodb-toolbox/entity';
import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type { Slug } from '#shared/kernel/ids.ts';
import { isConditionFailed } from '#shared/table/condition-failed.ts';
import { zoneKeys } from '#shared/table/keys/zone.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';

/** All wanted units stand in one partition: shards read it each second or so, and it changes seldom. */
const PART = 'open';
/** Units beside the first layers that there can be at once. */
export const MAX_WANTED_UNITS = 500;

const UnitEntity = new Entity({
  ...entityDefaults,
  name: 'ZoneUnit',
  table,
  schema: item({ part: string().key(), unitId: string().key(), openedAtMs: number() }),
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

/** Units that are wanted beside the first layers, those whose id begins so, by their ids. */
export async function listUnits(beginsWith = ''): Promise<readonly Slug[]> {
  const { Items } = await table
    .build(QueryCommand)
    .entities(UnitEntity)
    .query({
      partition: zoneKeys.unit.partition({ part: PART }),
      range: { beginsWith: zoneKeys.unit.sortPrefix + beginsWith },
    })
    .options({ limit: MAX_WANTED_UNITS })
    .send();
  return (Items ?? []).map(({ unitId }) => unitId);
}
