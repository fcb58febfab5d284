import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { any } from 'dynamodb-toolbox/schema/any';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { set } from 'dynamodb-toolbox/schema/set';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { inventoryKeys } from '#shared/table/keys/inventory.ts';
import { entityDefaults, table, tableName } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import type { Bag, Worn } from './plan.ts';
import type { SlotsToFree } from './plan-escrow.ts';
import { type Container, containers } from './rules.ts';

const BagEntity = new Entity({
  ...entityDefaults,
  name: 'Bag',
  table,
  schema: item({
    characterId: string().key(),
    container: string()
      .enum(...containers)
      .key(),
    taken: set(number()).optional(),
    worn: any().castAs<Readonly<Record<string, Worn>>>().optional(),
    ver: number(),
  }),
  computeKey: inventoryKeys.bag.primary,
});

type StoredBag = { taken?: Set<number> | undefined; worn?: Readonly<Record<string, Worn>> | undefined; ver: number };

function toBag(characterId: CharacterId, container: Container, row: StoredBag | undefined): Bag {
  return {
    characterId,
    container,
    taken: row?.taken ?? new Set<number>(),
    ...(row?.worn === undefined ? {} : { worn: row.worn }),
    ver: row?.ver ?? 0,
  };
}

/** A character's container, strongly consistent; an untouched one is empty. */
export async function readBag(characterId: CharacterId, container: Container): Promise<Bag> {
  const { Item } = await BagEntity.build(GetItemCommand)
    .key({ characterId, container })
    .options({ consistent: true })
    .send();
  return toBag(characterId, container, Item);
}

/** All of a character's containers, strongly consistent. */
export async function readBags(characterId: CharacterId): Promise<Readonly<Record<Container, Bag>>> {
  const { Items } = await table
    .build(QueryCommand)
    .entities(BagEntity)
    .query({
      partition: inventoryKeys.bag.partition({ characterId }),
      range: { beginsWith: inventoryKeys.bag.sortPrefix },
    })
    .options({ consistent: true, limit: containers.length })
    .send();
  const bags = containers.map((container) => [
    container,
    toBag(
      characterId,
      container,
      (Items ?? []).find((row) => row.container === container),
    ),
  ]);
  return Object.fromEntries(bags) as Readonly<Record<Container, Bag>>;
}

/** Stores a container as it is to be, if it is still as it was read. */
export function bagWrite({ characterId, container, taken, worn, ver }: Bag): Write {
  return BagEntity.build(PutTransaction)
    .item({
      characterId,
      container,
      ...(taken.size > 0 ? { taken: new Set(taken) } : {}),
      ...(worn === undefined ? {} : { worn }),
      ver: ver + 1,
    })
    .options({ condition: ver === 0 ? { attr: 'ver', exists: false } : { attr: 'ver', eq: ver } });
}

/**
 * Frees slots whatever else has changed in the container: they were kept for this, so that nobody else has a say in
 * them. It cannot be refused.
 */
export function freeSlotsWrite({ holder, container, slots }: SlotsToFree): Write {
  return {
    params: () => ({
      Update: {
        TableName: tableName(),
        Key: inventoryKeys.bag.primary({ characterId: holder, container }),
        UpdateExpression: 'ADD #ver :one DELETE taken :slots',
        ExpressionAttributeNames: { '#ver': 'ver' },
        ExpressionAttributeValues: { ':one': 1, ':slots': new Set(slots) },
      },
    }),
  };
}
