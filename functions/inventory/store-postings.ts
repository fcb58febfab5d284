import { Entity } from 'dynamodb-toolbox/entity';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type { CharacterId, ItemId } from '#shared/kernel/ids.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { inventoryKeys } from '#shared/table/keys/inventory.ts';
import { sortableNumber } from '#shared/table/sortable-number.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import type { Posting } from './plan.ts';

const PostingEntity = new Entity({
  ...entityDefaults,
  name: 'Custody',
  table,
  schema: item({
    itemId: string().key(),
    ver: number().key(),
    templateId: string(),
    from: string(),
    to: string(),
    count: number(),
    change: number(),
    reason: string(),
    cause: string(),
    atMs: number(),
    gsi1pk: string().optional(),
    gsi1sk: string().optional(),
    gsi2pk: string().optional(),
    gsi2sk: string().optional(),
  }),
  computeKey: ({ itemId, ver }) => inventoryKeys.posting.primary({ itemId, ver: sortableNumber(ver) }),
});

type StoredPosting = Omit<Posting, 'itemId' | 'giver' | 'receiver'> & { itemId: string };

function toPosting({ itemId, ver, templateId, from, to, count, change, reason, cause, atMs }: StoredPosting): Posting {
  return { itemId: itemId as ItemId, ver, templateId, from, to, count, change, reason, cause, atMs };
}

/** The link of a chain that a row of the table is; undefined of every other row. */
export function linkOf(row: Readonly<Record<string, unknown>>): Posting | undefined {
  return row[tableDefinition.entityAttribute] === PostingEntity.entityName
    ? toPosting(row as unknown as StoredPosting)
    : undefined;
}

/** Adds a link to an item's chain; a version has one. */
export function postingWrite({ giver, receiver, ...posting }: Posting): Write {
  const { itemId, ver } = posting;
  const at = sortableNumber(posting.atMs);
  return PostingEntity.build(PutTransaction)
    .item({
      ...posting,
      ...(giver ? inventoryKeys.posting.index('gsi1', { giver, at, itemId, ver }) : {}),
      ...(receiver ? inventoryKeys.posting.index('gsi2', { receiver, at, itemId, ver }) : {}),
    })
    .options({ condition: { attr: 'ver', exists: false } });
}

/** An item's chain, oldest first, strongly consistent. */
export async function listPostings(
  itemId: ItemId,
  page: { readonly limit: number; readonly afterVer?: number | undefined },
): Promise<readonly Posting[]> {
  const { Items } = await table
    .build(QueryCommand)
    .entities(PostingEntity)
    .query({
      partition: inventoryKeys.posting.partition({ itemId }),
      range: {
        between: [
          `${inventoryKeys.posting.sortPrefix}${sortableNumber((page.afterVer ?? 0) + 1)}`,
          `${inventoryKeys.posting.sortPrefix}~`,
        ],
      },
    })
    .options({ consistent: true, limit: page.limit })
    .send();
  return (Items ?? []).map(toPosting);
}

/** What a character gave or got, newest first, up to a second old, and the sort key where the page ended. */
export async function listHandOvers(
  characterId: CharacterId,
  direction: 'gave' | 'got',
  page: { readonly limit: number; readonly before?: string | undefined },
): Promise<{ readonly postings: readonly Posting[]; readonly lastSortKey: string | undefined }> {
  const keys = inventoryKeys.posting;
  const query =
    direction === 'gave'
      ? ({ index: 'gsi1', partition: keys.indexPartition('gsi1', { giver: characterId }) } as const)
      : ({ index: 'gsi2', partition: keys.indexPartition('gsi2', { receiver: characterId }) } as const);
  const { Items, LastEvaluatedKey } = await table
    .build(QueryCommand)
    .entities(PostingEntity)
    .query({ ...query, ...(page.before === undefined ? {} : { range: { lt: page.before } }) })
    .options({ limit: page.limit, reverse: true })
    .send();
  const sortKey = direction === 'gave' ? 'gsi1sk' : 'gsi2sk';
  return { postings: (Items ?? []).map(toPosting), lastSortKey: LastEvaluatedKey?.[sortKey] as string | undefined };
}
