import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { ConditionCheck } from 'dynamodb-toolbox/entity/actions/transactCheck';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { $remove, $set } from 'dynamodb-toolbox/entity/actions/update/symbols';
import { item } from 'dynamodb-toolbox/schema/item';
import { list } from 'dynamodb-toolbox/schema/list';
import { map } from 'dynamodb-toolbox/schema/map';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { type Role, roles } from '#shared/contract/endpoint.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { type Locale, locales } from '#shared/kernel/locale.ts';
import { accountKeys } from '#shared/table/keys/account.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { avatarIds } from './data/avatars.ts';
import { type AccountStatus, accountStatuses, ERASED_NAME } from './rules.ts';

const AccountEntity = new Entity({
  ...entityDefaults,
  name: 'Account',
  table,
  schema: item({
    accountId: string().key(),
    email: string().optional(),
    displayName: string(),
    locale: string().enum(...locales),
    avatarId: string()
      .enum(...avatarIds)
      .optional(),
    bio: string().optional(),
    timeZone: string().optional(),
    status: string().enum(...accountStatuses),
    roles: list(string().enum(...roles)),
    createdAtMs: number(),
    ban: map({ untilMs: number().optional(), bannedAtMs: number() }).optional(),
    eraseAtMs: number().optional(),
    version: number(),
    gsi1pk: string().optional(),
    gsi1sk: string().optional(),
  }),
  computeKey: accountKeys.account.primary,
});

/** Why stands in the audit, and only there. */
export interface Ban {
  /** Unset: for good. */
  readonly untilMs?: number | undefined;
  readonly bannedAtMs: number;
}

/** A player as the backend knows them. How they prove it is the auth domain's. */
export interface Account {
  readonly accountId: AccountId;
  /** As its owner wrote it. Unset: a guest, or an external identity that told none. */
  readonly email?: string | undefined;
  readonly displayName: string;
  readonly locale: Locale;
  readonly avatarId?: (typeof avatarIds)[number] | undefined;
  readonly bio?: string | undefined;
  /** IANA name. */
  readonly timeZone?: string | undefined;
  readonly status: AccountStatus;
  readonly roles: readonly Role[];
  readonly createdAtMs: number;
  /** Counts while the status is `BANNED` and its end, if it has one, has not come. */
  readonly ban?: Ban | undefined;
  /** When its personal data will be erased; set while the status is `DELETION_PENDING`. */
  readonly eraseAtMs?: number | undefined;
  /** Rises with every change: the condition of the next one. */
  readonly version: number;
}

/** Strongly consistent: a ban shows at once. */
export async function getAccount(accountId: AccountId): Promise<Account | undefined> {
  const { Item } = await AccountEntity.build(GetItemCommand).key({ accountId }).options({ consistent: true }).send();
  return Item as Account | undefined;
}

export function putAccount(account: Account): Write {
  return AccountEntity.build(PutTransaction)
    .item({ ...account, roles: [...account.roles] })
    .options({ condition: { attr: 'accountId', exists: false } });
}

/** Nobody has changed the account since it was read. */
function unchanged({ version }: Account) {
  return { condition: { attr: 'version', eq: version } } as const;
}

/** Condition of a joint transaction: the account is still as it was read. */
export function checkUnchanged(account: Account): Write {
  const { accountId } = account;
  return AccountEntity.build(ConditionCheck).key({ accountId }).condition(unchanged(account).condition);
}

/** Changes the profile if nobody has changed the account since it was read; an empty bio is none. */
export function updateProfile(
  account: Account,
  profile: Partial<Pick<Account, 'displayName' | 'locale' | 'avatarId' | 'bio' | 'timeZone'>>,
): Write {
  const { bio, ...rest } = profile;
  return AccountEntity.build(UpdateTransaction)
    .item({
      accountId: account.accountId,
      ...rest,
      ...(bio === undefined ? {} : { bio: bio === '' ? $remove() : bio }),
      version: account.version + 1,
    })
    .options(unchanged(account));
}

/** Sets the proven address, of a guest or in the place of another one, if nobody has changed the account meanwhile. */
export function updateEmail(account: Account, email: string): Write {
  return AccountEntity.build(UpdateTransaction)
    .item({ accountId: account.accountId, email, version: account.version + 1 })
    .options(unchanged(account));
}

export function updateRoles(account: Account, held: readonly Role[]): Write {
  return AccountEntity.build(UpdateTransaction)
    .item({ accountId: account.accountId, roles: $set([...held]), version: account.version + 1 })
    .options(unchanged(account));
}

/** Sets or lifts the ban. A deleted account keeps its status: its ban counts again when it is restored. */
export function updateBan(account: Account, ban: Ban | undefined): Write {
  const standing = ban ? 'BANNED' : 'ACTIVE';
  return AccountEntity.build(UpdateTransaction)
    .item({
      accountId: account.accountId,
      ban: ban ? $set(ban) : $remove(),
      status: account.status === 'DELETION_PENDING' ? account.status : standing,
      version: account.version + 1,
    })
    .options(unchanged(account));
}

export const ERASE_SHARDS = 4;

function shardOf(accountId: AccountId): number {
  return accountId.charCodeAt(accountId.length - 1) % ERASE_SHARDS;
}

/** Closes the account and puts it on the list of those to be erased. */
export function updateDeleted(account: Account, eraseAtMs: number): Write {
  const { accountId } = account;
  return AccountEntity.build(UpdateTransaction)
    .item({
      accountId,
      status: 'DELETION_PENDING',
      eraseAtMs,
      version: account.version + 1,
      ...accountKeys.account.index('gsi1', { shard: shardOf(accountId), eraseAt: toIso(eraseAtMs), accountId }),
    })
    .options(unchanged(account));
}

/** Takes the deletion back; a ban of before counts again. */
export function updateRestored(account: Account): Write {
  return AccountEntity.build(UpdateTransaction)
    .item({
      accountId: account.accountId,
      status: account.ban ? 'BANNED' : 'ACTIVE',
      eraseAtMs: $remove(),
      version: account.version + 1,
      gsi1pk: $remove(),
      gsi1sk: $remove(),
    })
    .options(unchanged(account));
}

/** Leaves a tombstone: the id, that it is erased, and when the account began. */
export function updateErased(account: Account): Write {
  return AccountEntity.build(UpdateTransaction)
    .item({
      accountId: account.accountId,
      status: 'ERASED',
      displayName: ERASED_NAME,
      locale: 'en',
      roles: $set([]),
      email: $remove(),
      avatarId: $remove(),
      bio: $remove(),
      timeZone: $remove(),
      ban: $remove(),
      eraseAtMs: $remove(),
      version: account.version + 1,
      gsi1pk: $remove(),
      gsi1sk: $remove(),
    })
    .options(unchanged(account));
}

/** Accounts of a shard that were due by now, earliest first; one that has changed of late may be among them still. */
export async function listDue(shard: number, nowMs: number, limit: number): Promise<readonly AccountId[]> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(AccountEntity)
    .query({
      index: 'gsi1',
      partition: accountKeys.account.indexPartition('gsi1', { shard }),
      range: { lte: `${toIso(nowMs)}~~` },
    })
    .options({ limit })
    .send();
  return Items.map(({ accountId }) => accountId as AccountId);
}
