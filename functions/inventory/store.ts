import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { set } from 'dynamodb-toolbox/schema/set';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type { CharacterId, ItemId, Slug } from '#shared/kernel/ids.ts';
import { inventoryKeys } from '#shared/table/keys/inventory.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import type { BindState } from './rules.ts';

/** One instance. `holder` is one scalar, so that an item in two places cannot be written down. */
export interface ItemInstance {
  readonly itemId: ItemId;
  readonly templateId: Slug;
  readonly holder: string;
  readonly container: 'bag';
  readonly slot: number;
  readonly count: number;
  /** Rises with every change: the condition of the next one. */
  readonly ver: number;
  readonly bind: BindState;
  /** What made it, such as `loot`. */
  readonly origin: string;
  /** Which one: the drop, the quest. Custody is traced back to here. */
  readonly originRef: string;
  readonly acquiredAtMs: number;
}

export interface Bag {
  readonly characterId: CharacterId;
  readonly taken: ReadonlySet<number>;
  /** 0: the character has no bag row yet. */
  readonly ver: number;
}

const ItemEntity = new Entity({
  ...entityDefaults,
  name: 'Item',
  table,
  schema: item({
    itemId: string().key(),
    templateId: string(),
    holder: string(),
    container: string().enum('bag'),
    slot: number(),
    count: number(),
    ver: number(),
    bind: string().enum('none', 'character', 'account', 'quest'),
    origin: string(),
    originRef: string(),
    acquiredAtMs: number(),
    gsi1pk: string(),
    gsi1sk: string(),
  }),
  computeKey: inventoryKeys.item.primary,
});

const BagEntity = new Entity({
  ...entityDefaults,
  name: 'Bag',
  table,
  schema: item({ characterId: string().key(), taken: set(number()).optional(), ver: number() }),
  computeKey: inventoryKeys.bag.primary,
});

/** Digits that make slots sort as numbers do. */
const SLOT_DIGITS = 3;

function indexOf(instance: ItemInstance): { gsi1pk: string; gsi1sk: string } {
  const { holder, container, itemId } = instance;
  return inventoryKeys.item.index('gsi1', {
    holder,
    container,
    slot: String(instance.slot).padStart(SLOT_DIGITS, '0'),
    itemId,
  });
}

type StoredItem = Omit<ItemInstance, 'itemId' | 'templateId'> & { itemId: string; templateId: string };

function toInstance({ itemId, templateId, holder, container, slot, count, ver, ...rest }: StoredItem): ItemInstance {
  const { bind, origin, originRef, acquiredAtMs } = rest;
  return {
    itemId: itemId as ItemId,
    templateId,
    holder,
    container,
    slot,
    count,
    ver,
    bind,
    origin,
    originRef,
    acquiredAtMs,
  };
}

/** The instance, strongly consistent. */
export async function readItem(itemId: ItemId): Promise<ItemInstance | undefined> {
  const { Item } = await ItemEntity.build(GetItemCommand).key({ itemId }).options({ consistent: true }).send();
  return Item && toInstance(Item);
}

/** A character's bag, strongly consistent; an untouched one is empty. */
export async function readBag(characterId: CharacterId): Promise<Bag> {
  const { Item } = await BagEntity.build(GetItemCommand).key({ characterId }).options({ consistent: true }).send();
  return { characterId, taken: Item?.taken ?? new Set<number>(), ver: Item?.ver ?? 0 };
}

/** A holder's items by container and slot, up to a second old, and the sort key where the page ended. */
export async function listItems(
  holder: string,
  page: { readonly limit: number; readonly after: string | undefined },
): Promise<{ readonly items: readonly ItemInstance[]; readonly lastSortKey: string | undefined }> {
  const partition = inventoryKeys.item.indexPartition('gsi1', { holder });
  const { Items, LastEvaluatedKey } = await table
    .build(QueryCommand)
    .entities(ItemEntity)
    .query({
      index: 'gsi1',
      partition,
      ...(page.after === undefined ? {} : { range: { gt: page.after } }),
    })
    .options({ limit: page.limit })
    .send();
  return { items: (Items ?? []).map(toInstance), lastSortKey: LastEvaluatedKey?.gsi1sk as string | undefined };
}

/** Creates an instance unless its id is taken: one origin mints once. */
export function mintWrite(instance: ItemInstance): Write {
  return ItemEntity.build(PutTransaction)
    .item({ ...instance, ...indexOf(instance) })
    .options({ condition: { attr: 'itemId', exists: false } });
}

/** Takes slots of the bag if it is still as it was read. */
export function takeSlotsWrite(bag: Bag, slots: readonly number[]): Write {
  return BagEntity.build(PutTransaction)
    .item({ characterId: bag.characterId, taken: new Set([...bag.taken, ...slots]), ver: bag.ver + 1 })
    .options({ condition: bag.ver === 0 ? { attr: 'ver', exists: false } : { attr: 'ver', eq: bag.ver } });
}
