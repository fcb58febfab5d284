import { Entity, type FormattedItem } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import type { Condition } from 'dynamodb-toolbox/entity/actions/parseCondition';
import { ConditionCheck } from 'dynamodb-toolbox/entity/actions/transactCheck';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { $add } from 'dynamodb-toolbox/entity/actions/update/symbols';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { toIso } from '#shared/kernel/clock.ts';
import type { AccountId, SessionId, Slug } from '#shared/kernel/ids.ts';
import { sessionKeys } from '#shared/table/keys/session.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { shardCaps } from './queue-rules.ts';

const SlotEntity = new Entity({
  ...entityDefaults,
  name: 'RealmSlot',
  table,
  schema: item({
    accountId: string().key(),
    realmId: string(),
    state: string().enum('PLAYING', 'HELD', 'RESERVED'),
    shard: number().optional(),
    sessionId: string().optional(),
    dueAtMs: number(),
    version: number(),
    gsi1pk: string(),
    gsi1sk: string(),
  }),
  computeKey: sessionKeys.slot.primary,
});

const PopulationEntity = new Entity({
  ...entityDefaults,
  name: 'RealmPopulation',
  table,
  schema: item({ realmId: string().key(), shard: number().key(), used: number() }),
  computeKey: sessionKeys.population.primary,
});

const CapEntity = new Entity({
  ...entityDefaults,
  name: 'RealmCap',
  table,
  schema: item({ realmId: string().key(), cap: number(), reason: string(), byId: string(), setAtMs: number() }),
  computeKey: sessionKeys.cap.primary,
});

/** An account's place on a realm. */
export interface Slot {
  readonly accountId: AccountId;
  readonly realmId: Slug;
  /** In use by a session; kept for who was cut off; or given to who waited for it. */
  readonly state: 'PLAYING' | 'HELD' | 'RESERVED';
  /** Shard of the population that counts it; unset: staff, who are not counted. */
  readonly shard?: number | undefined;
  readonly sessionId?: SessionId | undefined;
  /** When it ends; while it is in use: when it is looked after. */
  readonly dueAtMs: number;
  readonly version: number;
}

function slotOf({ gsi1pk: _pk, gsi1sk: _sk, ...row }: FormattedItem<typeof SlotEntity>): Slot {
  return row as Slot;
}

/** Strongly consistent. */
export async function getSlot(accountId: AccountId): Promise<Slot | undefined> {
  const { Item } = await SlotEntity.build(GetItemCommand).key({ accountId }).options({ consistent: true }).send();
  return Item && slotOf(Item);
}

/** Places of a realm that were due for a look by now, earliest first; what changed within the last moments may be off. */
export async function listDueSlots(realmId: Slug, nowMs: number, limit: number): Promise<readonly Slot[]> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(SlotEntity)
    .query({
      index: 'gsi1',
      partition: sessionKeys.slot.indexPartition('gsi1', { realmId }),
      range: { lte: `${toIso(nowMs)}~~` },
    })
    .options({ limit })
    .send();
  return Items.map(slotOf);
}

function unchanged(seen: Slot | undefined): { condition: Condition<typeof SlotEntity> } {
  return { condition: seen ? { attr: 'version', eq: seen.version } : { attr: 'version', exists: false } };
}

/** Puts the next version of a place, when nothing has happened to it since it was read. */
export function putSlot(next: Omit<Slot, 'version'>, seen: Slot | undefined): Write {
  const { accountId, realmId, dueAtMs } = next;
  return SlotEntity.build(PutTransaction)
    .item({
      ...next,
      version: (seen?.version ?? 0) + 1,
      ...sessionKeys.slot.index('gsi1', { realmId, dueAt: toIso(dueAtMs), accountId }),
    })
    .options(unchanged(seen));
}

export function deleteSlot(seen: Slot): Write {
  return SlotEntity.build(DeleteTransaction).key({ accountId: seen.accountId }).options(unchanged(seen));
}

/** Holds while the place is what it was when it was read. */
export function checkSlot(seen: Slot): Write {
  return SlotEntity.build(ConditionCheck).key({ accountId: seen.accountId }).condition(unchanged(seen).condition);
}

/** How many places of each shard are taken, strongly consistent. */
export async function readPopulation(realmId: Slug): Promise<ReadonlyMap<number, number>> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(PopulationEntity)
    .query({
      partition: sessionKeys.population.partition({ realmId }),
      range: { beginsWith: sessionKeys.population.sortPrefix },
    })
    .options({ consistent: true })
    .send();
  return new Map(Items.map(({ shard, used }) => [shard, used]));
}

/** Counts one more in a shard of the population, while the shard's share of the cap allows it. */
export function countIn(realmId: Slug, shard: number, cap: number): Write {
  const room = shardCaps(cap)[shard] ?? 0;
  return PopulationEntity.build(UpdateTransaction)
    .item({ realmId, shard, used: $add(1) })
    .options({
      condition: {
        or: [
          { attr: 'used', exists: false },
          { attr: 'used', lt: room },
        ],
      },
    });
}

/** Counts out the holder of this place; no write for staff. */
export function countOut({ realmId, shard }: Slot): readonly Write[] {
  if (shard === undefined) return [];
  return [
    PopulationEntity.build(UpdateTransaction)
      .item({ realmId, shard, used: $add(-1) })
      .options({ condition: { attr: 'used', gt: 0 } }),
  ];
}

/** The cap that operators have ordered for a realm, strongly consistent. */
export async function getOrderedCap(realmId: Slug): Promise<number | undefined> {
  const { Item } = await CapEntity.build(GetItemCommand).key({ realmId }).options({ consistent: true }).send();
  return Item?.cap;
}

/** Orders a cap for a realm, by whom and why. */
export function putOrderedCap(order: {
  readonly realmId: Slug;
  readonly cap: number;
  readonly reason: string;
  readonly byId: AccountId;
  readonly setAtMs: number;
}): Write {
  return CapEntity.build(PutTransaction).item(order);
}

export function deleteOrderedCap(realmId: Slug): Write {
  return CapEntity.build(DeleteTransaction).key({ realmId });
}
