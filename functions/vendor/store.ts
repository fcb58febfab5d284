import { Entity } from 'dynamodb-toolbox/entity';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { DAY_MS, toIso, ttlSeconds } from '#shared/kernel/clock.ts';
import type { CharacterId, ItemId, Slug } from '#shared/kernel/ids.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { vendorKeys } from '#shared/table/keys/vendor.ts';
import { entityDefaults, table, tableName } from '#shared/table/table.ts';
import type { TransactAction, Write } from '#shared/table/write.ts';

/** Counters of scarce goods outlive their day a little. */
const KEPT_MS = 3 * DAY_MS;

/** Something that a character has sold and may buy back for as much. */
export interface Sale {
  readonly characterId: CharacterId;
  readonly itemId: ItemId;
  readonly soldAtMs: number;
  readonly templateId: Slug;
  readonly count: number;
  readonly currency: Slug;
  /** For all of it, in minor units. */
  readonly price: bigint;
}

const SaleEntity = new Entity({
  ...entityDefaults,
  name: 'VendorSale',
  table,
  schema: item({
    characterId: string().key(),
    soldAt: string().key(),
    itemId: string().key(),
    soldAtMs: number(),
    templateId: string(),
    count: number(),
    currency: string(),
    /** Decimal. */
    price: string(),
  }),
  computeKey: vendorKeys.sale.primary,
});

const BoughtEntity = new Entity({
  ...entityDefaults,
  name: 'VendorStock',
  table,
  schema: item({
    vendorId: string().key(),
    realmId: string().key(),
    day: string().key(),
    templateId: string().key(),
    bought: number(),
    ttl: number(),
  }),
  computeKey: vendorKeys.bought.primary,
});

/** Notes a sale. It cannot be refused. */
export function putSale({ price, soldAtMs, ...sale }: Sale): Write {
  return SaleEntity.build(PutTransaction).item({ ...sale, soldAtMs, soldAt: toIso(soldAtMs), price: price.toString() });
}

/** Forgets a sale; one that is forgotten already is no error. */
export function deleteSale({
  characterId,
  soldAtMs,
  itemId,
}: Pick<Sale, 'characterId' | 'soldAtMs' | 'itemId'>): Write {
  return SaleEntity.build(DeleteTransaction).key({ characterId, soldAt: toIso(soldAtMs), itemId });
}

/** What a character has sold, newest first, strongly consistent. */
export async function listSales(characterId: CharacterId, limit: number): Promise<readonly Sale[]> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(SaleEntity)
    .query({
      partition: vendorKeys.sale.partition({ characterId }),
      range: { beginsWith: vendorKeys.sale.sortPrefix },
    })
    .options({ consistent: true, reverse: true, limit })
    .send();
  return Items.map(({ itemId, templateId, soldAtMs, count, currency, price }) => {
    return { characterId, itemId: itemId as ItemId, templateId, soldAtMs, count, currency, price: BigInt(price) };
  });
}

/** Goods of which a realm gets so many in a day. */
export interface ScarceGoods {
  readonly vendorId: Slug;
  readonly realmId: string;
  /** Such as `daily-2026-11-22`. */
  readonly day: string;
  readonly templateId: Slug;
}

/** What a realm has bought of a vendor's scarce goods on a day, by template; up to a moment old. */
export async function boughtOn(
  { vendorId, realmId, day }: Omit<ScarceGoods, 'templateId'>,
  limit: number,
): Promise<ReadonlyMap<Slug, number>> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(BoughtEntity)
    .query({
      partition: vendorKeys.bought.partition({ vendorId, realmId }),
      range: { beginsWith: `${day}~` },
    })
    .options({ limit })
    .send();
  return new Map(Items.map(({ templateId, bought }) => [templateId, bought]));
}

function addition(goods: ScarceGoods, count: number, nowMs: number) {
  const { vendorId, realmId, day, templateId } = goods;
  return {
    TableName: tableName(),
    Key: vendorKeys.bought.primary(goods),
    UpdateExpression:
      'SET #entity = :entity, vendorId = :vendor, realmId = :realm, #day = :day, templateId = :template, #ttl = :ttl ADD bought :count',
    ExpressionAttributeNames: {
      '#entity': tableDefinition.entityAttribute,
      '#ttl': tableDefinition.ttlAttribute,
      '#day': 'day',
    },
    ExpressionAttributeValues: {
      ':entity': BoughtEntity.entityName,
      ':vendor': vendorId,
      ':realm': realmId,
      ':day': day,
      ':template': templateId,
      ':ttl': ttlSeconds(nowMs + KEPT_MS),
      ':count': count,
    },
  };
}

/** Takes some of scarce goods, if there is so much left: by condition, also between buyers at the same moment. */
export function takeGoods(goods: ScarceGoods, count: number, perDay: number, nowMs: number): TransactAction {
  const update = addition(goods, count, nowMs);
  return {
    params: () => ({
      Update: {
        ...update,
        ConditionExpression: 'attribute_not_exists(bought) OR bought <= :room',
        ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':room': perDay - count },
      },
    }),
  };
}

/** Puts goods back that were not paid for. It cannot be refused. */
export function giveGoodsBack(goods: ScarceGoods, count: number, nowMs: number): TransactAction {
  return { params: () => ({ Update: addition(goods, -count, nowMs) }) };
}
