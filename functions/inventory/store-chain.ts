import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { ItemId, Slug } from '#shared/kernel/ids.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { inventoryKeys } from '#shared/table/keys/inventory.ts';
import { sortableNumber } from '#shared/table/sortable-number.ts';
import { documentClient, tableName } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import type { ItemInstance } from './item.ts';
import { fromLink, type StoredLink } from './link.ts';
import type { Posting } from './plan.ts';
import { instanceOf, readItem } from './store.ts';

/** Rows of links that an item's own row had no more room for. */
const PAGE_ENTITY = 'Custody';

/** Puts away links for good. They stand under the version of the last one; there is one such row. */
export function chainPageWrite(itemId: ItemId, templateId: Slug, links: readonly StoredLink[]): Write {
  const [ver] = links.at(-1)!;
  return {
    params: () => ({
      Put: {
        TableName: tableName(),
        Item: {
          ...inventoryKeys.chainPage.primary({ itemId, ver: sortableNumber(ver) }),
          [tableDefinition.entityAttribute]: PAGE_ENTITY,
          itemId,
          templateId,
          links,
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    }),
  };
}

/** The links of its chain that an item's own row has: the last ones, oldest first. */
function tailOf(item: ItemInstance): readonly Posting[] {
  return (item.tail ?? []).map((link) => fromLink(item, link));
}

/** The links of a chain that a row of the table holds, oldest first: an item's row has the last ones; of other rows none. */
export function linksOf(row: Readonly<Record<string, unknown>>): readonly Posting[] {
  const item = instanceOf(row);
  if (item) return tailOf(item);
  if (row[tableDefinition.entityAttribute] !== PAGE_ENTITY) return [];
  const page = row as unknown as { readonly itemId: ItemId; readonly templateId: Slug; readonly links: StoredLink[] };
  return page.links.map((link) => fromLink(page, link));
}

/** An item's chain, oldest first, strongly consistent. */
export async function listPostings(
  itemId: ItemId,
  page: { readonly limit: number; readonly afterVer?: number | undefined },
): Promise<readonly Posting[]> {
  const { limit, afterVer = 0 } = page;
  // First the item: links that it gives away meanwhile are met again in the rows that are read after it.
  const item = await readItem(itemId);
  const { Items, LastEvaluatedKey } = await documentClient().send(
    new QueryCommand({
      TableName: tableName(),
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :after AND :end',
      ExpressionAttributeValues: {
        ':pk': inventoryKeys.chainPage.partition({ itemId }),
        ':after': `${inventoryKeys.chainPage.sortPrefix}${sortableNumber(afterVer + 1)}`,
        ':end': `${inventoryKeys.chainPage.sortPrefix}~`,
      },
      // Each row has one link at least.
      Limit: limit,
    }),
  );
  const found = [...(Items ?? []).flatMap(linksOf), ...(item && !LastEvaluatedKey ? tailOf(item) : [])];
  return [...new Map(found.map((link) => [link.ver, link])).values()]
    .filter(({ ver }) => ver > afterVer)
    .sort((a, b) => a.ver - b.ver)
    .slice(0, limit);
}
