import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { item } from 'dynamodb-toolbox/schema/item';
import { list } from 'dynamodb-toolbox/schema/list';
import { map } from 'dynamodb-toolbox/schema/map';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { type Role, roles } from '#shared/contract/endpoint.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { type Locale, locales } from '#shared/kernel/locale.ts';
import { accountKeys } from '#shared/table/keys/account.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { type AccountStatus, accountStatuses } from './rules.ts';

const AccountEntity = new Entity({
  ...entityDefaults,
  name: 'Account',
  table,
  schema: item({
    accountId: string().key(),
    email: string().optional(),
    displayName: string(),
    locale: string().enum(...locales),
    status: string().enum(...accountStatuses),
    roles: list(string().enum(...roles)),
    createdAtMs: number(),
    ban: map({ untilMs: number().optional(), bannedAtMs: number() }).optional(),
    eraseAtMs: number().optional(),
    version: number(),
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
  readonly status: AccountStatus;
  readonly roles: readonly Role[];
  readonly createdAtMs: number;
  /** Counts while the status is `BANNED` and its end, if it has one, has not come. */
  readonly ban?: Ban | undefined;
  /** When its personal data will be erased; set while the status is `DELETION_PENDING`. */
  readonly eraseAtMs?: number | undefined;
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

/** Changes the profile if nobody has changed the account since it was read. */
export function updateProfile(account: Account, profile: Partial<Pick<Account, 'displayName' | 'locale'>>): Write {
  return AccountEntity.build(UpdateTransaction)
    .item({ accountId: account.accountId, ...profile, version: account.version + 1 })
    .options({ condition: { attr: 'version', eq: account.version } });
}

/** Sets the proven address, of a guest or in the place of another one, if nobody has changed the account meanwhile. */
export function updateEmail(account: Account, email: string): Write {
  return AccountEntity.build(UpdateTransaction)
    .item({ accountId: account.accountId, email, version: account.version + 1 })
    .options({ condition: { attr: 'version', eq: account.version } });
}
