import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { ConditionCheck } from 'dynamodb-toolbox/entity/actions/transactCheck';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { GameError } from '#shared/contract/errors.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { friendKeys } from '#shared/table/keys/friend.ts';
import { entityDefaults, table, tableName } from '#shared/table/table.ts';
import { guarded, type TransactAction, type Write } from '#shared/table/write.ts';
import { friendLimits } from './rules.ts';

/** One account wants nothing from another. */
export interface Block {
  readonly accountId: AccountId;
  readonly otherId: AccountId;
  /** The other's name as it was then. */
  readonly name?: string | undefined;
  readonly sinceMs: number;
}

const BlockEntity = new Entity({
  ...entityDefaults,
  name: 'FriendBlock',
  table,
  schema: item({
    accountId: string().key(),
    otherId: string().key(),
    name: string().optional(),
    sinceMs: number(),
  }),
  computeKey: friendKeys.block.primary,
});

type BlockRow = Omit<Block, 'accountId' | 'otherId'> & { accountId: string; otherId: string };

function blockOf({ accountId, otherId, name, sinceMs }: BlockRow): Block {
  return { accountId: accountId as AccountId, otherId: otherId as AccountId, name, sinceMs };
}

/** The block, strongly consistent; undefined when the account has not blocked the other. */
export async function getBlock(accountId: AccountId, otherId: AccountId): Promise<Block | undefined> {
  const { Item } = await BlockEntity.build(GetItemCommand)
    .key({ accountId, otherId })
    .options({ consistent: true })
    .send();
  return Item && blockOf(Item);
}

/**
 * An account's blocks behind a sort key, in the order of the others' ids, strongly consistent; without a limit all of
 * them: the cap bounds them.
 */
export async function listBlocks(
  accountId: AccountId,
  page: { readonly after?: string | undefined; readonly limit?: number } = {},
): Promise<readonly Block[]> {
  const { after, limit } = page;
  const partition = friendKeys.block.partition({ accountId });
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(BlockEntity)
    .query({ partition, range: { beginsWith: friendKeys.block.sortPrefix } })
    .options({
      consistent: true,
      ...(limit === undefined ? {} : { limit }),
      ...(after === undefined ? {} : { exclusiveStartKey: { pk: partition, sk: after } }),
    })
    .send();
  return Items.map(blockOf);
}

/** The block and its place; `request.conflict` when it is there by now. */
export function putBlock(block: Block): readonly Write[] {
  const put = BlockEntity.build(PutTransaction)
    .item(block)
    .options({ condition: { attr: 'otherId', exists: false } });
  return [put, shiftBlocks(block.accountId, 1)];
}

/** Ends a block and frees its place; refused where it is gone by now. */
export function endBlock(accountId: AccountId, otherId: AccountId): readonly Write[] {
  const gone = BlockEntity.build(DeleteTransaction)
    .key({ accountId, otherId })
    .options({ condition: { attr: 'otherId', exists: true } });
  return [guarded(gone, new GameError('friend.not_blocked')), shiftBlocks(accountId, -1)];
}

/** Forgets a block of an account that is erased, whose places nobody counts any more. */
export function deleteBlock({ accountId, otherId }: Block): Write {
  return BlockEntity.build(DeleteTransaction).key({ accountId, otherId });
}

/** Holds while `accountId` has not blocked `otherId`. */
export function unblockedCheck(accountId: AccountId, otherId: AccountId, otherwise: GameError): Write {
  const check = BlockEntity.build(ConditionCheck)
    .key({ accountId, otherId })
    .condition({ attr: 'otherId', exists: false });
  return guarded(check, otherwise);
}

function tallyUpdate(accountId: AccountId, by: number): TransactAction {
  const capped = by > 0;
  return {
    params: () => ({
      Update: {
        TableName: tableName(),
        Key: friendKeys.blockTally.primary({ accountId }),
        UpdateExpression: 'SET #entity = :entity, accountId = :account ADD blocks :by',
        ...(capped && { ConditionExpression: 'attribute_not_exists(blocks) OR blocks < :cap' }),
        ExpressionAttributeNames: { '#entity': tableDefinition.entityAttribute },
        ExpressionAttributeValues: {
          ':entity': 'FriendBlockTally',
          ':account': accountId,
          ':by': by,
          ...(capped && { ':cap': friendLimits.blocks }),
        },
      },
    }),
  };
}

function shiftBlocks(accountId: AccountId, by: 1 | -1): Write {
  const update = tallyUpdate(accountId, by);
  return by > 0 ? guarded(update, new GameError('friend.too_many_blocks')) : update;
}

export function deleteBlockTally(accountId: AccountId): Write {
  return {
    params: () => ({
      Delete: { TableName: tableName(), Key: friendKeys.blockTally.primary({ accountId }) },
    }),
  };
}
