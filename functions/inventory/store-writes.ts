import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { inventoryKeys } from '#shared/table/keys/inventory.ts';
import { tableName } from '#shared/table/table.ts';
import { attributeBytes, UNIT_BYTES } from '#shared/table/transaction-units.ts';
import type { TransactAction, Write } from '#shared/table/write.ts';
import { isEscrow } from './holders.ts';
import type { ItemInstance } from './item.ts';
import { type StoredLink, toLink } from './link.ts';
import type { ItemChange, Posting } from './plan.ts';
import { ItemEntity, listingOf } from './store.ts';
import { chainPageWrite } from './store-chain.ts';

/** What a row gains when a settlement that has its item ends, without being read again: a link and its place in lists. */
const ENDING_BYTES = 240;

/**
 * The rows of a change, with its link of the chain: put if absent, or changed if version and holder are still those
 * that were read. Links that would take the row beyond a unit of capacity go into a row of their own.
 */
export function itemWrites({ before, after }: ItemChange, posting: Posting): readonly Write[] {
  const { tail: _asRead, ...facts } = after;
  const link = toLink(posting);
  const is = { ...facts, ...listingOf(after.itemId, after) };
  if (!before) {
    const put = ItemEntity.build(PutTransaction).item(is);
    // That it was made stays on record by itself, so that an item whose row were lost would be missed.
    return [
      put.options({ condition: { attr: 'itemId', exists: false } }),
      chainPageWrite(after.itemId, after.templateId, [link]),
    ];
  }
  const { tail = [], ...seen } = before;
  const was = { ...seen, ...listingOf(before.itemId, before) };
  const set = Object.fromEntries(
    Object.entries(is).filter(
      ([name, value]) => value !== undefined && JSON.stringify(was[name as keyof typeof was]) !== JSON.stringify(value),
    ),
  );
  const remove = Object.keys(was).filter(
    (name) => was[name as keyof typeof was] !== undefined && is[name as keyof typeof is] === undefined,
  );
  const isFull = tail.length > 0 && bytesWith(is, [...tail, link]) > UNIT_BYTES;
  const update = itemUpdate(before, { set, remove, link, isFirst: isFull });
  return isFull ? [update, chainPageWrite(after.itemId, after.templateId, tail)] : [update];
}

function bytesWith(
  attributes: Readonly<Record<string, unknown>> & Pick<ItemInstance, 'itemId' | 'holder'>,
  tail: readonly StoredLink[],
): number {
  const row = { ...inventoryKeys.item.primary(attributes), _et: ItemEntity.entityName, ...attributes, tail };
  return attributeBytes(row) + (isEscrow(attributes.holder) ? ENDING_BYTES : 0);
}

/**
 * Changes single attributes of an item that is as it was read, and adds the link that says so to its chain. Written out,
 * because an entity's update would cost the bundle 13 KB.
 */
export function itemUpdate(
  { itemId, ver, holder }: Pick<ItemInstance, 'itemId' | 'ver' | 'holder'>,
  change: {
    readonly set: Readonly<Record<string, unknown>>;
    readonly remove: readonly string[];
    readonly link: StoredLink;
    /** The links that the row had are put away. */
    readonly isFirst: boolean;
  },
): TransactAction {
  const { set, remove, link, isFirst } = change;
  const names = [...Object.keys(set), ...remove];
  const alias = (name: string) => `#a${names.indexOf(name)}`;
  const value = (name: string) => `:v${names.indexOf(name)}`;
  const assignments = Object.keys(set).map((name) => `${alias(name)} = ${value(name)}`);
  const tail = isFirst ? ':link' : 'list_append(if_not_exists(tail, :none), :link)';
  return {
    params: () => ({
      Update: {
        TableName: tableName(),
        Key: inventoryKeys.item.primary({ itemId }),
        UpdateExpression: [
          `SET ${[...assignments, `tail = ${tail}`].join(', ')}`,
          ...(remove.length > 0 ? [`REMOVE ${remove.map(alias).join(', ')}`] : []),
        ].join(' '),
        ConditionExpression: '#ver = :was AND #holder = :whose',
        ExpressionAttributeNames: {
          '#ver': 'ver',
          '#holder': 'holder',
          ...Object.fromEntries(names.map((name) => [alias(name), name])),
        },
        ExpressionAttributeValues: {
          ':was': ver,
          ':whose': holder,
          ':link': [link],
          ...(isFirst ? {} : { ':none': [] }),
          ...Object.fromEntries(Object.entries(set).map(([name, one]) => [value(name), one])),
        },
      },
    }),
  };
}
