import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { list } from 'dynamodb-toolbox/schema/list';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { GameError } from '#shared/contract/errors.ts';
import type { AccountId, CharacterId } from '#shared/kernel/ids.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { characterKeys } from '#shared/table/keys/character.ts';
import { entityDefaults, table, tableName } from '#shared/table/table.ts';
import { guarded, type TransactAction, type Write } from '#shared/table/write.ts';
import { type RealmId, realms, SLOTS_PER_ACCOUNT } from './rules.ts';

const RosterEntity = new Entity({
  ...entityDefaults,
  name: 'CharacterRoster',
  table,
  schema: item({
    accountId: string().key(),
    realmId: string().key(),
    characterIds: list(string()),
    deletedIds: list(string()).optional(),
    version: number(),
  }),
  computeKey: characterKeys.roster.primary,
});

const SlotsEntity = new Entity({
  ...entityDefaults,
  name: 'CharacterSlots',
  table,
  schema: item({ accountId: string().key(), used: number() }),
  computeKey: characterKeys.slots.primary,
});

/** An account's characters on a realm, oldest first. */
export interface Roster {
  readonly accountId: AccountId;
  readonly realmId: RealmId;
  /** Those that have a slot. */
  readonly characterIds: readonly CharacterId[];
  /** Those that can be restored. */
  readonly deletedIds: readonly CharacterId[];
  /** 0: there is no row yet. */
  readonly version: number;
}

/** Strongly consistent. */
export async function getRoster(accountId: AccountId, realmId: RealmId): Promise<Roster> {
  const { Item } = await RosterEntity.build(GetItemCommand)
    .key({ accountId, realmId })
    .options({ consistent: true })
    .send();
  return { accountId, realmId, characterIds: [], deletedIds: [], version: 0, ...(Item as Partial<Roster> | undefined) };
}

/** The account's rosters on all realms, strongly consistent. */
export async function getRosters(accountId: AccountId): Promise<readonly Roster[]> {
  return Promise.all(realms.map(({ id }) => getRoster(accountId, id)));
}

/** Stores who has a slot and who can be restored, if the roster is still as it was read. Ids sort by creation. */
export function saveRoster(
  roster: Roster,
  change: { readonly characterIds: readonly CharacterId[]; readonly deletedIds: readonly CharacterId[] },
): Write {
  const { accountId, realmId, version } = roster;
  return RosterEntity.build(PutTransaction)
    .item({
      accountId,
      realmId,
      characterIds: change.characterIds.toSorted(),
      deletedIds: change.deletedIds.toSorted(),
      version: version + 1,
    })
    .options({
      condition: version === 0 ? { attr: 'version', exists: false } : { attr: 'version', eq: version },
    });
}

export function deleteRoster({ accountId, realmId }: Pick<Roster, 'accountId' | 'realmId'>): Write {
  return RosterEntity.build(DeleteTransaction).key({ accountId, realmId });
}

/** Slots that the account uses on all realms; a moment old. */
export async function usedSlots(accountId: AccountId): Promise<number> {
  const { Item } = await SlotsEntity.build(GetItemCommand).key({ accountId }).send();
  return Item?.used ?? 0;
}

/**
 * Moves the account's counter by one. Written out, for the entity's update would be a seventh of what creating a
 * character loads.
 */
function moveSlots(accountId: AccountId, by: 1 | -1): TransactAction {
  const isBounded = by > 0;
  return {
    params: () => ({
      Update: {
        TableName: tableName(),
        Key: characterKeys.slots.primary({ accountId }),
        UpdateExpression: 'SET #entity = :entity, accountId = :account ADD #used :by',
        ExpressionAttributeNames: { '#entity': tableDefinition.entityAttribute, '#used': 'used' },
        ExpressionAttributeValues: {
          ':entity': SlotsEntity.entityName,
          ':account': accountId,
          ':by': by,
          ...(isBounded ? { ':limit': SLOTS_PER_ACCOUNT } : {}),
        },
        ...(isBounded ? { ConditionExpression: 'attribute_not_exists(#used) OR #used < :limit' } : {}),
      },
    }),
  };
}

/** Takes one of the account's slots, or fails with `character.slots_full`. */
export function takeSlot(accountId: AccountId): Write {
  return guarded(
    moveSlots(accountId, 1),
    new GameError('character.slots_full', { scope: 'account', limit: SLOTS_PER_ACCOUNT }),
  );
}

export function freeSlot(accountId: AccountId): Write {
  return moveSlots(accountId, -1);
}

export function deleteSlots(accountId: AccountId): Write {
  return SlotsEntity.build(DeleteTransaction).key({ accountId });
}
