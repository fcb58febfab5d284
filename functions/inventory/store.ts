import { Entity } from 'dynamodb-toolbox/entity';
import { BatchGetRequest } from 'dynamodb-toolbox/entity/actions/batchGet';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { any } from 'dynamodb-toolbox/schema/any';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { BatchGetCommand, execute } from 'dynamodb-toolbox/table/actions/batchGet';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { GameError } from '#shared/contract/errors.ts';
import type { CharacterId, ItemId } from '#shared/kernel/ids.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { inventoryKeys } from '#shared/table/keys/inventory.ts';
import { sortableNumber } from '#shared/table/sortable-number.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import { endsByItself, isListed, isSink } from './holders.ts';
import { type HeldItem, type ItemInstance, isHeld, type Loss, type Place, type TradeWindow } from './item.ts';
import type { StoredLink } from './link.ts';
import { bindStates, type Container, containers } from './rules.ts';

const indexAttributes = {
  gsi1pk: string().optional(),
  gsi1sk: string().optional(),
  gsi2pk: string().optional(),
  gsi2sk: string().optional(),
  gsi3pk: string().optional(),
  gsi3sk: string().optional(),
};

export const ItemEntity = new Entity({
  ...entityDefaults,
  name: 'Item',
  table,
  schema: item({
    itemId: string().key(),
    templateId: string(),
    holder: string(),
    container: string()
      .enum(...containers)
      .optional(),
    slot: number().optional(),
    count: number(),
    ver: number(),
    bind: string().enum(...bindStates),
    origin: string(),
    originRef: string(),
    acquiredAtMs: number(),
    durability: number().optional(),
    charges: number().optional(),
    expiresAtMs: number().optional(),
    tradeWindow: any().castAs<TradeWindow>().optional(),
    loss: any().castAs<Loss>().optional(),
    tail: any().castAs<readonly StoredLink[]>().optional(),
    ...indexAttributes,
  }),
  computeKey: inventoryKeys.item.primary,
});

/** Digits that make slots sort as numbers do. */
const SLOT_DIGITS = 3;

/** Where an item stands in lists: its holder's, that of what expires, and that of what its player may have back. */
export function listingOf(
  itemId: ItemId,
  { holder, container, slot, expiresAtMs, loss }: Place & Pick<ItemInstance, 'expiresAtMs' | 'loss'>,
): Readonly<Record<string, string>> {
  const keys = inventoryKeys.item;
  const place = container === undefined ? 'all' : `${container}~${String(slot).padStart(SLOT_DIGITS, '0')}`;
  const isDue = expiresAtMs !== undefined && !isSink(holder) && !endsByItself(holder);
  const expiresAt = isDue ? sortableNumber(expiresAtMs) : undefined;
  return {
    ...(isListed(holder) ? keys.index('gsi1', { holder, place, itemId }) : {}),
    ...(expiresAt ? keys.index('gsi2', { shard: shardOf(itemId), expiresAt, itemId }) : {}),
    ...(loss ? keys.index('gsi3', { loser: loss.characterId, until: sortableNumber(loss.untilMs), itemId }) : {}),
  };
}

/** How many partitions the index of what expires has. */
export const EXPIRY_SHARDS = 4;

function shardOf(itemId: ItemId): number {
  return itemId.charCodeAt(itemId.length - 1) % EXPIRY_SHARDS;
}

type StoredItem = Omit<ItemInstance, 'itemId' | 'templateId'> & { itemId: string; templateId: string };

function toInstance(row: StoredItem): ItemInstance {
  const { itemId, templateId, holder, container, slot, count, ver, bind, origin, originRef, acquiredAtMs } = row;
  const { durability, charges, expiresAtMs, tradeWindow, loss, tail } = row;
  return {
    itemId: itemId as ItemId,
    templateId,
    holder,
    ...(container === undefined ? {} : { container, slot }),
    count,
    ver,
    bind,
    origin,
    originRef,
    acquiredAtMs,
    ...(durability === undefined ? {} : { durability }),
    ...(charges === undefined ? {} : { charges }),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    ...(tradeWindow === undefined ? {} : { tradeWindow }),
    ...(loss === undefined ? {} : { loss }),
    ...(tail === undefined ? {} : { tail }),
  };
}

/** The instance that a row of the table is; undefined of every other row. */
export function instanceOf(row: Readonly<Record<string, unknown>>): ItemInstance | undefined {
  return row[tableDefinition.entityAttribute] === ItemEntity.entityName
    ? toInstance(row as unknown as StoredItem)
    : undefined;
}

/** The instance, strongly consistent. */
export async function readItem(itemId: ItemId): Promise<ItemInstance | undefined> {
  const { Item } = await ItemEntity.build(GetItemCommand).key({ itemId }).options({ consistent: true }).send();
  return Item && toInstance(Item);
}

/** At most 100 instances, strongly consistent; ids that name nothing are left out. */
export async function readItems(itemIds: readonly ItemId[]): Promise<ReadonlyMap<ItemId, ItemInstance>> {
  const requests = [...new Set(itemIds)].map((itemId) => ItemEntity.build(BatchGetRequest).key({ itemId }));
  if (requests.length === 0) return new Map();
  const command = table
    .build(BatchGetCommand)
    .requests(...requests)
    .options({ consistent: true });
  const { Responses, UnprocessedKeys } = await execute({ maxAttempts: 3 }, command);
  if (Object.keys(UnprocessedKeys ?? {}).length > 0) throw new GameError('service.unavailable');
  const rows = (Responses?.[0] ?? []) as readonly (StoredItem | undefined)[];
  return new Map(rows.flatMap((row) => (row ? [[row.itemId as ItemId, toInstance(row)]] : [])));
}

/** A holder's items, up to a second old, and the sort key where the page ended. */
export async function listItems(
  holder: string,
  page: { readonly limit: number; readonly after?: string | undefined; readonly container?: Container | undefined },
): Promise<{ readonly items: readonly ItemInstance[]; readonly lastSortKey: string | undefined }> {
  const partition = inventoryKeys.item.indexPartition('gsi1', { holder });
  const { container, after, limit } = page;
  // `~` ends a container's name and sorts before the end of the range.
  const within =
    container === undefined ? undefined : { between: [after ?? `${container}~`, `${container}~~`] as [string, string] };
  const range = within ?? (after === undefined ? undefined : { gt: after });
  const { Items, LastEvaluatedKey } = await table
    .build(QueryCommand)
    .entities(ItemEntity)
    .query({ index: 'gsi1', partition, ...(range ? { range } : {}) })
    .options({ limit: within && after !== undefined ? limit + 1 : limit })
    .send();
  // A range with both ends begins with the last item of the page before.
  const items = (Items ?? []).filter(({ gsi1sk }) => gsi1sk !== after).slice(0, limit);
  const lastSortKey = LastEvaluatedKey === undefined ? undefined : items.at(-1)?.gsi1sk;
  return { items: items.map(toInstance), lastSortKey };
}

/** What lies in a character's containers, in order, up to a second old. */
export async function listHeld(characterId: CharacterId, container: Container, limit: number): Promise<HeldItem[]> {
  const { items } = await listItems(characterId, { container, limit });
  return items.filter(isHeld);
}

/** Items of a shard whose time is over, those that have waited longest first; up to a second old. */
export async function listExpired(
  shard: number,
  { nowMs, limit }: { readonly nowMs: number; readonly limit: number },
): Promise<readonly ItemInstance[]> {
  const partition = inventoryKeys.item.indexPartition('gsi2', { shard });
  const { Items } = await table
    .build(QueryCommand)
    .entities(ItemEntity)
    .query({ index: 'gsi2', partition, range: { lt: sortableNumber(nowMs + 1) } })
    .options({ limit })
    .send();
  return (Items ?? []).map(toInstance);
}

/** What a character has lost and may still have back, the oldest losses first; up to a second old. */
export async function listLost(
  characterId: CharacterId,
  page: { readonly nowMs: number; readonly limit: number; readonly after?: string | undefined },
): Promise<{ readonly items: readonly ItemInstance[]; readonly lastSortKey: string | undefined }> {
  const partition = inventoryKeys.item.indexPartition('gsi3', { loser: characterId });
  const { Items, LastEvaluatedKey } = await table
    .build(QueryCommand)
    .entities(ItemEntity)
    .query({ index: 'gsi3', partition, range: { gt: page.after ?? sortableNumber(page.nowMs) } })
    .options({ limit: page.limit })
    .send();
  return { items: (Items ?? []).map(toInstance), lastSortKey: LastEvaluatedKey?.gsi3sk as string | undefined };
}
